package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"regexp"
	"strings"
	"time"

	"github.com/lair-chat/lair/deploy/test/hall"
)

// containers is the command of compose.
type containers []string

func (c containers) run(ctx context.Context, args ...string) error {
	_, err := output(ctx, append(append([]string{}, c...), args...)...)
	return err
}

func output(ctx context.Context, args ...string) (string, error) {
	out, err := exec.CommandContext(ctx, args[0], args[1:]...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s: %w: %s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out)), nil
}

// inspect asks the engine about a container.
func (c containers) inspect(ctx context.Context, name, format string) (string, error) {
	id, err := output(ctx, append(append([]string{}, c...), "ps", "-q", name)...)
	if err != nil {
		return "", err
	}
	return output(ctx, "docker", "inspect", "-f", format, id)
}

// healthy waits until a container says that it is ready.
func (c containers) healthy(ctx context.Context, name string) error {
	return hall.Until(ctx, 90*time.Second, func(ctx context.Context) error {
		state, err := c.inspect(ctx, name, "{{.State.Health.Status}}")
		if err == nil && state != "healthy" {
			err = errors.New("stays " + state)
		}
		return err
	})
}

var sockets = regexp.MustCompile(`(?m)^lair_gateway_connections\{[^}]*"websocket"[^}]*\} (\d+)`)

// spread holds that each gateway has one of the two WebSockets. The engine lets
// its own machine into networks that are closed to all others.
func spread(ctx context.Context, c containers) error {
	for _, name := range []string{"gateway-1", "gateway-2"} {
		addresses, err := c.inspect(ctx, name, "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}")
		if err != nil {
			return err
		}
		page, err := hall.Get(ctx, http.DefaultClient, "http://"+strings.Fields(addresses)[0]+":9090/metrics")
		if err != nil {
			return err
		}
		if m := sockets.FindStringSubmatch(page); m == nil || m[1] != "1" {
			return fmt.Errorf("%s does not have one WebSocket: %v", name, m)
		}
	}
	hall.Say("each gateway has one WebSocket")
	return nil
}
