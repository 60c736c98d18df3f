package roster_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lair-chat/lair/services/presence/internal/roster"
	"github.com/lair-chat/lair/services/presence/internal/rostertest"
)

// run runs the roster until stop, which waits for it.
func run(t *testing.T, r *roster.Roster) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- r.Run(ctx) }()
	return func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run returned %v", err)
		}
	}
}

func TestUsersOfADeadPodGoOffline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, g := setup()
		defer run(t, r)()
		u := rostertest.Users(2)
		must(t, r.Report(t.Context(), "dead", u, nil))
		must(t, r.Report(t.Context(), "b", u[1:], nil))
		<-g.heard
		last := time.Now()
		for range 2 {
			<-time.After(5 * time.Second)
			must(t, r.Renew(t.Context(), "b", u[1:]))
		}
		gone := <-g.heard
		if took := time.Since(last); took < rostertest.Expiry || took > rostertest.Expiry+time.Second {
			t.Errorf("it took %v", took)
		}
		if len(gone) != 1 || gone[0] != (roster.Change{User: u[0]}) {
			t.Errorf("gone are %v", gone)
		}
		if gone = <-g.heard; len(gone) != 1 || gone[0] != (roster.Change{User: u[1]}) {
			t.Errorf("gone are %v", gone)
		}
	})
}

// TestWhatTheBusLostIsSaidLater: what is said is the state of then.
func TestWhatTheBusLostIsSaidLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, g := setup()
		defer run(t, r)()
		u := rostertest.Users(2)
		g.setDeaf(errors.New("bus"))
		must(t, r.Report(t.Context(), "a", u, nil))
		<-time.After(5 * time.Second)
		must(t, r.Report(t.Context(), "a", nil, u[:1]))
		g.setDeaf(nil)
		if said := <-g.heard; len(said) != 2 || g.online(u[0]) || !g.online(u[1]) {
			t.Errorf("said %v", said)
		}
		<-time.After(5 * time.Second)
		if len(g.heard) != 0 {
			t.Errorf("said it again: %v", <-g.heard)
		}
	})
}

// moody is a registry whose first sweeps fail.
type moody struct {
	roster.Registry
	failures int
}

func (m *moody) Sweep(ctx context.Context) ([]roster.Change, error) {
	if m.failures > 0 {
		m.failures--
		return nil, errors.New("down")
	}
	return m.Registry.Sweep(ctx)
}

// TestRunOutlivesTheRegistry: after the outage pods have the time to renew,
// and the one that is dead does not.
func TestRunOutlivesTheRegistry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, g := setup()
		r.Registry = &moody{r.Registry, 20}
		defer run(t, r)()
		u, start := rostertest.Users(1), time.Now()
		must(t, r.Report(t.Context(), "dead", u, nil))
		<-g.heard
		if gone := <-g.heard; len(gone) != 1 || gone[0].Online {
			t.Errorf("gone are %v", gone)
		}
		if took := time.Since(start); took < 20*time.Second+rostertest.Expiry {
			t.Errorf("it took only %v", took)
		}
	})
}

func TestAnImpatientCallerDoesNotSilenceItsChange(t *testing.T) {
	r, g := setup()
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // the registry in memory does not mind
	u := rostertest.Users(1)
	must(t, r.Report(ctx, "a", u, nil))
	if !g.online(u[0]) {
		t.Error("the change was not announced")
	}
}
