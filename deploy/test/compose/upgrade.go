package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/lair-chat/lair/deploy/test/hall"
)

// upgrade replaces every program by one of another tag while people write all the time.
func upgrade(ctx context.Context, people *hall.Hall, c containers) error {
	const tag = "next"
	for _, name := range []string{"lair", "lair-auth", "lair-room", "lair-message", "lair-presence", "lair-gateway"} {
		image := "lair-chat/" + name
		if _, err := output(ctx, "docker", "tag", image+":"+os.Getenv("TAG"), image+":"+tag); err != nil { //nolint:forbidigo // as the script says
			return err
		}
	}
	// The profile observability, if it runs, is let alone: it has images that may not be had.
	if err := errors.Join(os.Setenv("TAG", tag), os.Unsetenv("COMPOSE_PROFILES")); err != nil {
		return err
	}
	began, load := time.Now(), people.Begin(ctx, 50*time.Millisecond)
	cmd := exec.CommandContext(ctx, "deploy/compose/upgrade.sh")
	cmd.Env = append(os.Environ(), "COMPOSE="+strings.Join(c, " "))
	out, err := cmd.CombinedOutput()
	took := hall.Since(began)
	if err := errors.Join(err, load.End(ctx)); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	for _, name := range []string{"auth", "room", "message", "presence", "gateway-1", "gateway-2"} {
		state, err := c.inspect(ctx, name, "{{.Config.Image}} {{.State.Health.Status}}")
		if err != nil {
			return err
		}
		if !strings.HasSuffix(state, ":"+tag+" healthy") {
			return fmt.Errorf("%s is %s after the upgrade", name, state)
		}
	}
	gap, acked := load.Gap()
	hall.Say("all programs replaced in %s; %d messages meanwhile, the longest wait for an answer was %s", took, acked, gap)
	return nil
}
