// Command compose lets people chat through the load balancer of
// docker-compose.yml while it kills one container after the other. Its arguments
// are the command that is compose, such as docker compose.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := try(ctx, containers(os.Args[1:])); err != nil {
		fmt.Fprintln(os.Stderr, "compose:", err)
		os.Exit(1) //nolint:gocritic // nothing is left to do
	}
}

// outage is a container that is killed, and whether people can talk without it.
type outage struct {
	container string
	needed    bool
}

func outages() []outage {
	return []outage{
		{"gateway-1", false},
		{"gateway-2", false},
		{"auth", false},
		{"room", false},
		{"presence", false},
		{"redis", false},
		{"message", true},
		{"postgres", true},
	}
}

func try(ctx context.Context, c containers) error {
	hall, err := open(ctx)
	if err != nil {
		return err
	}
	defer hall.close(ctx)
	if err := hall.talk(ctx, "all is well"); err != nil {
		return err
	}
	say("Ann and Bob (wss) and Cas (TCP) hear each other")
	if err := spread(ctx, c); err != nil {
		return err
	}
	for _, o := range outages() {
		if err := hall.without(ctx, c, o); err != nil {
			return fmt.Errorf("%s killed: %w", o.container, err)
		}
	}
	return hall.check(ctx)
}

// without kills a container while people talk.
func (h *hall) without(ctx context.Context, c containers, o outage) error {
	began := time.Now()
	if err := c.run(ctx, "kill", o.container); err != nil {
		return err
	}
	if o.needed {
		// What is said meanwhile is said when it is back.
		said := make(chan error, 1)
		go func() { said <- h.talk(ctx, "while "+o.container+" is away") }()
		time.Sleep(2 * time.Second)
		if err := c.run(ctx, "start", o.container); err != nil {
			return err
		}
		if err := <-said; err != nil {
			return err
		}
		say("%s killed and started again: all was said and heard after %s", o.container, since(began))
		return c.healthy(ctx, o.container)
	}
	if err := h.talk(ctx, "without "+o.container); err != nil {
		return err
	}
	say("%s killed: chat went on without it, all heard after %s", o.container, since(began))
	if err := c.run(ctx, "start", o.container); err != nil {
		return err
	}
	if err := c.healthy(ctx, o.container); err != nil {
		return err
	}
	return h.talk(ctx, o.container+" is back")
}

func since(began time.Time) time.Duration { return time.Since(began).Round(10 * time.Millisecond) }

// say tells the one who watches.
func say(format string, args ...any) {
	fmt.Fprintln(os.Stdout, strings.TrimSpace(fmt.Sprintf(format, args...)))
}
