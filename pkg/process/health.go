package process

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/lair-chat/lair/pkg/run"
	"github.com/lair-chat/lair/pkg/sqldb"
)

// check asks whether a dependency answers.
type check struct {
	what string
	ask  func(context.Context) error
	bad  *atomic.Bool // what the last answer was
}

// Check makes the process unready while ask returns an error. what names the
// dependency in logs and metrics.
func (p *Process) Check(what string, ask func(context.Context) error) {
	p.checks = append(p.checks, check{what, ask, new(atomic.Bool)})
}

// Watch returns the part that keeps the health up to date, for a program that does not
// Serve, which does it, too.
func (p *Process) Watch() run.Part {
	return run.Part{Name: "health", Run: func(ctx context.Context) error {
		stop := p.watch(ctx)
		<-ctx.Done()
		stop()
		return nil
	}}
}

// watch keeps the health up to date until ctx ends or it is stopped.
func (p *Process) watch(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(checkEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if now := p.look(ctx); ctx.Err() == nil {
				p.settle(now)
			}
		}
	}()
	return func() { cancel(); <-done }
}

// settle tells what the last look has found. Whoever drains takes no work any more,
// however good everything looks.
func (p *Process) settle(good bool) {
	p.settling.Lock()
	defer p.settling.Unlock()
	if !p.draining && good == p.unready.Load() {
		p.unready.Store(!good)
		p.Health.SetServing(good)
	}
}

// drain makes the process unready for good.
func (p *Process) drain() {
	p.settling.Lock()
	defer p.settling.Unlock()
	p.draining = true
	p.unready.Store(true)
	p.Health.SetServing(false)
}

func (p *Process) look(ctx context.Context) (good bool) {
	ctx, cancel := context.WithTimeout(ctx, checkEvery)
	defer cancel()
	good = true
	fits := true
	defer func() { p.Health.SetFitting(fits) }()
	for _, c := range p.checks {
		err := c.ask(ctx)
		if errors.Is(ctx.Err(), context.Canceled) {
			return good // the process ends: that says nothing of others
		}
		c.bad.Store(err != nil)
		if err != nil {
			good = false
			if _, behind := errors.AsType[*sqldb.BehindError](err); behind {
				fits = false
			}
			p.Log.WarnContext(ctx, "a dependency does not answer", "what", c.what, "err", err)
		}
	}
	return good
}

// healthMeters are what the last look has found.
func (p *Process) healthMeters() prometheus.Collector {
	truth := func(bad *atomic.Bool) func() float64 {
		return func() float64 {
			if bad.Load() {
				return 0
			}
			return 1
		}
	}
	var m meters
	m.add(prometheus.GaugeValue, "lair_ready", "1 while the process takes work.", truth(&p.unready))
	seen := map[string]bool{}
	for _, c := range p.checks {
		if seen[c.what] {
			continue
		}
		seen[c.what] = true
		m.add(prometheus.GaugeValue, "lair_dependency_up", "1 while a dependency answers.", truth(c.bad), "dependency", c.what)
	}
	return m
}

func listen(ctx context.Context, addr string) (net.Listener, error) {
	return new(net.ListenConfig).Listen(ctx, "tcp", addr)
}
