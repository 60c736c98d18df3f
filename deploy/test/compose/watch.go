package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/lair-chat/lair/deploy/test/hall"
	"github.com/lair-chat/lair/deploy/test/prometheus"
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

// metrics returns the Prometheus that runs.
func metrics(ctx context.Context) (prometheus.API, error) {
	address, err := address(ctx, "prometheus")
	return prometheus.API{URL: "http://" + address + ":9090"}, err
}

// roles is how many targets there must be at least of each kind: the label service, or
// the job of those that are none of ours.
func roles() map[string]int {
	return map[string]int{"auth": 1, "room": 1, "message": 1, "presence": 1, "gateway": 2, "postgres": 1, "redis": 1, "node": 1, "balancer": 1, "entrance": 1, "prometheus": 1}
}

// elsewhere is what only lair serve and replicas of PostgreSQL have.
var elsewhere = regexp.MustCompile(`lair_sqlite_|lair_data_free_bytes|pg_replication_lag|pg_stat_replication`)

// targets holds that Prometheus finds and reads everybody, by the labels that
// dashboards and alerts ask for.
func targets(ctx context.Context, _ *hall.Hall, _ containers) error {
	p, err := metrics(ctx)
	if err != nil {
		return err
	}
	began, found := time.Now(), map[string]int{}
	err = hall.Until(ctx, 3*time.Minute, func(ctx context.Context) error {
		found, err = p.Targets(ctx, roles())
		return err
	})
	if err == nil {
		hall.Say("Prometheus reads all targets after %s: %v", hall.Since(began), found)
	}
	return err
}

func quiet(ctx context.Context, people *hall.Hall, _ containers) error {
	p, err := metrics(ctx)
	if err != nil {
		return err
	}
	return p.Quiet(ctx, people)
}

func boards(ctx context.Context, _ *hall.Hall, _ containers) error {
	p, err := metrics(ctx)
	if err != nil {
		return err
	}
	return p.Boards(ctx, elsewhere)
}
