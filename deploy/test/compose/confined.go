package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/compose-spec/compose-go/v2/cli"

	"github.com/lair-chat/lair/deploy/test/hall"
)

func network(name string) string {
	return os.Getenv("COMPOSE_PROJECT_NAME") + "_" + name //nolint:forbidigo // as the script says
}

// watchers are the services of the profile observability that run: all but Grafana.
func watchers(ctx context.Context) ([]string, error) {
	options, err := cli.NewProjectOptions([]string{"docker-compose.yml"}, cli.WithName("lair"))
	if err != nil {
		return nil, err
	}
	project, err := options.LoadProject(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(project.DisabledServices)), func(name string) bool { return name == "grafana" }), nil
}

// confined holds that the containers of the profile run, with a root that nobody can
// write, and that nobody from outside reaches them.
func confined(ctx context.Context, _ *hall.Hall, _ containers) error {
	names, err := watchers(ctx)
	if err != nil {
		return err
	}
	if len(names) == 0 {
		return errors.New("there are none in the profile")
	}
	for _, name := range names {
		if err := hall.Until(ctx, 3*time.Minute, func(ctx context.Context) error { return runs(ctx, name) }); err != nil {
			return err
		}
	}
	for from, want := range map[string]bool{"services": true, "front": false, "edge": false, "data": false} {
		switch got, err := reaches(ctx, from, "prometheus", 9090); {
		case err != nil:
			return err
		case got != want:
			return fmt.Errorf("from the network %s Prometheus is reached: %v", from, got)
		}
	}
	hall.Say("%d containers of the profile run, with a root that cannot be written and no port that is published; Prometheus is reached from the network services, and not from front, edge and data", len(names))
	return nil
}

// runs holds that a container runs, was never started again, is healthy if it can
// tell, cannot write its root, and publishes no port.
func runs(ctx context.Context, name string) error {
	state, err := look(ctx, name, "{{.State.Status}} {{.RestartCount}} {{with .State.Health}}{{.Status}}{{else}}healthy{{end}} {{.HostConfig.ReadonlyRootfs}} {{len .HostConfig.PortBindings}}")
	if err == nil && state != "running 0 healthy true 0" {
		err = fmt.Errorf("%s is %s", name, state)
	}
	return err
}

// reaches reports whether a container answers to one in a network. What is there need
// not be Redis: its client tells apart who says nonsense and who says nothing.
func reaches(ctx context.Context, from, name string, port int) (bool, error) {
	address, err := address(ctx, name)
	if err != nil {
		return false, err
	}
	image, err := look(ctx, "redis", "{{.Config.Image}}")
	if err != nil {
		return false, err
	}
	out, err := output(ctx, "docker", "run", "--rm", "--network", network(from), "--entrypoint", "sh", image, "-c",
		fmt.Sprintf("redis-cli -v >/dev/null && timeout 5 redis-cli -h %s -p %d ping 2>&1; echo \"ended: $?\"", address, port))
	if err != nil {
		return false, err
	}
	if strings.Contains(out, "Protocol error") {
		return true, nil
	}
	if strings.Contains(out, "Could not connect") || strings.Contains(out, "ended: 124") || strings.Contains(out, "ended: 143") {
		return false, nil
	}
	return false, fmt.Errorf("from %s: %s", from, out)
}
