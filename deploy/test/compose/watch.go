package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/lair-chat/lair/deploy/test/hall"
)

// watch is what an operator does with the profile observability while people talk.
func watch(ctx context.Context, people *hall.Hall, c containers) error {
	for _, part := range []struct {
		what string
		do   func(context.Context, *hall.Hall, containers) error
	}{
		{"containers", confined},
		{"targets", targets},
		{"health", quiet},
		{"dashboards", boards},
		{"traces", traces},
		{"alarm", alarm},
	} {
		if err := part.do(ctx, people, c); err != nil {
			return fmt.Errorf("%s: %w", part.what, err)
		}
	}
	return nil
}

// look asks the engine about a container. Compose takes seconds for what the engine
// knows at once.
func look(ctx context.Context, name, format string) (string, error) {
	id, err := output(ctx, "docker", "ps", "-aq", "--filter", "label=com.docker.compose.project="+os.Getenv("COMPOSE_PROJECT_NAME"), //nolint:forbidigo // as the script says
		"--filter", "label=com.docker.compose.service="+name)
	if err != nil {
		return "", err
	}
	if strings.Contains(id, "\n") || id == "" {
		return "", fmt.Errorf("%s is not one container: %q", name, id)
	}
	return output(ctx, "docker", "inspect", "-f", format, id)
}

// address returns that of a container in the network that services share.
func address(ctx context.Context, name string) (string, error) {
	return look(ctx, name, `{{(index .NetworkSettings.Networks "`+network("services")+`").IPAddress}}`)
}

// ask reads JSON of a container. The engine lets its own machine into networks that
// are closed to all others.
func ask(ctx context.Context, name string, port int, path string, into any) error {
	address, err := address(ctx, name)
	if err != nil {
		return err
	}
	page, err := hall.Get(ctx, http.DefaultClient, fmt.Sprintf("http://%s:%d%s", address, port, path))
	if err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(page), into); err != nil {
		return fmt.Errorf("%s%s: %w", name, path, err)
	}
	return nil
}

// until asks again and again. It returns the last complaint when time is over.
func until(ctx context.Context, patience time.Duration, good func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var complaint error
	for {
		err := good(ctx)
		if err == nil {
			return nil
		}
		if complaint == nil || ctx.Err() == nil {
			complaint = err
		}
		select {
		case <-ctx.Done():
			return complaint
		case <-time.After(time.Second):
		}
	}
}

// prometheus asks Prometheus: path is that of its API, such as alerts.
func prometheus(ctx context.Context, path string, query url.Values, into any) error {
	return ask(ctx, "prometheus", 9090, "/api/v1/"+path+"?"+query.Encode(), into)
}

// roles is how many targets there must be at least of each kind: the label service, or
// the job of those that are none of ours.
func roles() map[string]int {
	return map[string]int{"auth": 1, "room": 1, "message": 1, "presence": 1, "gateway": 2, "postgres": 1, "redis": 1, "node": 1, "balancer": 1, "entrance": 1, "prometheus": 1}
}

// targets holds that Prometheus finds and reads everybody, by the labels that
// dashboards and alerts ask for.
func targets(ctx context.Context, _ *hall.Hall, _ containers) error {
	began, found := time.Now(), map[string]int{}
	err := until(ctx, 3*time.Minute, func(ctx context.Context) error {
		var answer struct {
			Data struct {
				ActiveTargets []struct {
					Labels            map[string]string
					Health, LastError string
				}
			}
		}
		if err := prometheus(ctx, "targets", nil, &answer); err != nil {
			return err
		}
		found = map[string]int{}
		for _, t := range answer.Data.ActiveTargets {
			role := t.Labels["service"]
			if t.Labels["job"] != "lair" {
				role = t.Labels["job"]
			}
			if t.Health != "up" {
				return fmt.Errorf("%v is %s: %s", t.Labels, t.Health, t.LastError)
			}
			found[role]++
		}
		for role, n := range roles() {
			if found[role] < n {
				return fmt.Errorf("%d of %s", found[role], role)
			}
		}
		return nil
	})
	if err == nil {
		hall.Say("Prometheus reads all targets after %s: %v", hall.Since(began), found)
	}
	return err
}

// alerts returns those that are active, as name and service, with their state.
func alerts(ctx context.Context) (map[string]string, error) {
	var answer struct {
		Data struct {
			Alerts []struct {
				Labels map[string]string
				State  string
			}
		}
	}
	err := prometheus(ctx, "alerts", nil, &answer)
	active := map[string]string{}
	for _, a := range answer.Data.Alerts {
		active[strings.TrimSpace(a.Labels["alertname"]+" "+a.Labels["service"])] = a.State
	}
	return active, err
}

// quiet holds that no alert is active, not even one that waits to fire, while people
// talk for as long as the shortest windows of alerts are.
func quiet(ctx context.Context, people *hall.Hall, _ containers) error {
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
	active, err := alerts(ctx)
	if err != nil {
		return err
	}
	if len(active) > 0 {
		return fmt.Errorf("%v although all is well", active)
	}
	var rules struct {
		Data struct {
			Groups []struct {
				Rules []struct{ Name, Health, LastError string }
			}
		}
	}
	if err := prometheus(ctx, "rules", nil, &rules); err != nil {
		return err
	}
	var names []string
	for _, g := range rules.Data.Groups {
		for _, r := range g.Rules {
			if r.Health != "ok" {
				return fmt.Errorf("the rule %s is %s: %s", r.Name, r.Health, r.LastError)
			}
			names = append(names, r.Name)
		}
	}
	slices.Sort(names)
	hall.Say("%d rules are evaluated, no alert is active after load", len(slices.Compact(names)))
	return nil
}
