package process

import (
	"context"
	"net"
	"time"
)

// check asks whether a dependency answers.
type check struct {
	what string
	ask  func(context.Context) error
}

// Check makes the process unready while ask returns an error.
func (p *Process) Check(what string, ask func(context.Context) error) {
	p.checks = append(p.checks, check{what, ask})
}

// watch keeps the health up to date until ctx ends or it is stopped.
func (p *Process) watch(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(checkEvery)
		defer tick.Stop()
		ready := true
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if now := p.look(ctx); now != ready && ctx.Err() == nil {
				ready = now
				p.Health.SetServing(ready)
			}
		}
	}()
	return func() { cancel(); <-done }
}

func (p *Process) look(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, checkEvery)
	defer cancel()
	for _, c := range p.checks {
		if err := c.ask(ctx); err != nil {
			p.Log.WarnContext(ctx, "a dependency does not answer", "what", c.what, "err", err)
			return false
		}
	}
	return true
}

func listen(ctx context.Context, addr string) (net.Listener, error) {
	return new(net.ListenConfig).Listen(ctx, "tcp", addr)
}
