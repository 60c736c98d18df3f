package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/lair-chat/lair/deploy/test/hall"
)

// elsewhere is what only lair serve and replicas of PostgreSQL have.
var elsewhere = regexp.MustCompile(`lair_sqlite_|lair_data_free_bytes|pg_replication_lag|pg_stat_replication`)

// boards asks Prometheus what each panel of each dashboard asks.
func boards(ctx context.Context, _ *hall.Hall, _ containers) error {
	files, err := filepath.Glob("deploy/observability/grafana/dashboards/*.json")
	if err != nil {
		return err
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
		for _, p := range board.Panels {
			for _, q := range p.Targets {
				var answer struct{ Data struct{ Result []any } }
				if err := prometheus(ctx, "query", url.Values{"query": {fill.Replace(q.Expr)}}, &answer); err != nil {
					return fmt.Errorf("%s, %q: %w", board.Title, p.Title, err)
				}
				queries++
				if len(answer.Data.Result) == 0 && !elsewhere.MatchString(q.Expr) {
					empty = append(empty, fmt.Sprintf("%s: %q", board.Title, p.Title))
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
