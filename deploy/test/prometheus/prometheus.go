// Package prometheus asks a Prometheus what an operator asks it.
package prometheus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lair-chat/lair/deploy/test/hall"
)

// API is a Prometheus at an address such as http://10.0.0.7:9090.
type API struct{ URL string }

// get decodes the answer about path, which is that of the API, such as alerts.
func (p API) get(ctx context.Context, path string, query url.Values, into any) error {
	page, err := hall.Get(ctx, http.DefaultClient, p.URL+"/api/v1/"+path+"?"+query.Encode())
	if err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(page), into); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// Targets returns how many there are of each role: the label service, or the job of
// those that are none of ours. It fails if one cannot be read, or there are fewer of a
// role than wanted.
func (p API) Targets(ctx context.Context, wanted map[string]int) (map[string]int, error) {
	var answer struct {
		Data struct {
			ActiveTargets []struct {
				Labels            map[string]string
				Health, LastError string
			}
		}
	}
	if err := p.get(ctx, "targets", nil, &answer); err != nil {
		return nil, err
	}
	found := map[string]int{}
	for _, t := range answer.Data.ActiveTargets {
		role := t.Labels["service"]
		if t.Labels["job"] != "lair" {
			role = t.Labels["job"]
		}
		if t.Health != "up" {
			return found, fmt.Errorf("%v is %s: %s", t.Labels, t.Health, t.LastError)
		}
		found[role]++
	}
	for role, n := range wanted {
		if found[role] < n {
			return found, fmt.Errorf("%d of %s", found[role], role)
		}
	}
	return found, nil
}

// Alerts returns those that are active, as name and service, with their state.
func (p API) Alerts(ctx context.Context) (map[string]string, error) {
	var answer struct {
		Data struct {
			Alerts []struct {
				Labels map[string]string
				State  string
			}
		}
	}
	err := p.get(ctx, "alerts", nil, &answer)
	active := map[string]string{}
	for _, a := range answer.Data.Alerts {
		active[strings.TrimSpace(a.Labels["alertname"]+" "+a.Labels["service"])] = a.State
	}
	return active, err
}

// Is waits until an alert, a name and a service, has a state; "" if it is to be over.
func (p API) Is(ctx context.Context, name, state string) error {
	return hall.Until(ctx, 5*time.Minute, func(ctx context.Context) error {
		active, err := p.Alerts(ctx)
		if err == nil && active[name] != state {
			err = fmt.Errorf("%s is not %q: %v", name, state, active)
		}
		return err
	})
}

// Rules returns how many rules there are. It fails if one cannot be evaluated.
func (p API) Rules(ctx context.Context) (int, error) {
	var rules struct {
		Data struct {
			Groups []struct {
				Rules []struct{ Name, Health, LastError string }
			}
		}
	}
	if err := p.get(ctx, "rules", nil, &rules); err != nil {
		return 0, err
	}
	var names []string
	for _, g := range rules.Data.Groups {
		for _, r := range g.Rules {
			if r.Health != "ok" {
				return 0, fmt.Errorf("the rule %s is %s: %s", r.Name, r.Health, r.LastError)
			}
			names = append(names, r.Name)
		}
	}
	slices.Sort(names)
	return len(slices.Compact(names)), nil
}

// Quiet has people talk for longer than a rule is evaluated and a target is read, and
// holds that no alert is active then, not even one that waits to fire.
func (p API) Quiet(ctx context.Context, people *hall.Hall) error {
	for began := time.Now(); time.Since(began) < 90*time.Second; {
		if err := people.Talk(ctx, "all is well after "+hall.Since(began).String()); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second):
		}
	}
	active, err := p.Alerts(ctx)
	if err != nil {
		return err
	}
	if len(active) > 0 {
		return fmt.Errorf("%v although all is well", active)
	}
	n, err := p.Rules(ctx)
	if err == nil && n == 0 {
		err = errors.New("there is no rule")
	}
	if err == nil {
		hall.Say("%d rules are evaluated, no alert is active after load", n)
	}
	return err
}

// Traces returns the traces that the exemplars of a series name, of the last hour.
func (p API) Traces(ctx context.Context, series string) ([]string, error) {
	var answer struct {
		Data []struct {
			Exemplars []struct{ Labels map[string]string }
		}
	}
	now := time.Now()
	err := p.get(ctx, "query_exemplars", url.Values{
		"query": {series}, "start": {strconv.FormatInt(now.Add(-time.Hour).Unix(), 10)}, "end": {strconv.FormatInt(now.Unix(), 10)},
	}, &answer)
	var ids []string
	for _, s := range answer.Data {
		for _, e := range s.Exemplars {
			ids = append(ids, e.Labels["trace_id"])
		}
	}
	return ids, err
}
