package prometheus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/lair-chat/lair/deploy/test/hall"
)

// Boards asks what each panel of each dashboard asks. All must have an answer but those
// whose query fits absent.
func (p API) Boards(ctx context.Context, absent *regexp.Regexp) error {
	files, err := filepath.Glob("deploy/observability/grafana/dashboards/*.json")
	if err != nil || len(files) == 0 {
		return errors.Join(errors.New("there are no dashboards"), err)
	}
	var empty []string
	fill, queries := strings.NewReplacer("$__rate_interval", "1m", "$instance", ".*"), 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		var board struct {
			Title  string
			Panels []struct {
				Title   string
				Targets []struct{ Expr string }
			}
		}
		if err := json.Unmarshal(text, &board); err != nil {
			return err
		}
		for _, panel := range board.Panels {
			for _, q := range panel.Targets {
				if absent.MatchString(q.Expr) {
					continue
				}
				var answer struct{ Data struct{ Result []any } }
				if err := p.get(ctx, "query", url.Values{"query": {fill.Replace(q.Expr)}}, &answer); err != nil {
					return fmt.Errorf("%s, %q: %w", board.Title, panel.Title, err)
				}
				queries++
				if len(answer.Data.Result) == 0 {
					empty = append(empty, fmt.Sprintf("%s: %q", board.Title, panel.Title))
				}
			}
		}
	}
	if len(empty) > 0 {
		return fmt.Errorf("these show nothing: %s", strings.Join(empty, ", "))
	}
	hall.Say("%d queries of %d dashboards have answers", queries, len(files))
	return nil
}
