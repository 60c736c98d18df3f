// Package readiness watches what a gateway depends on, so that probes read what
// is known and ask nobody: a storm of them costs nothing.
package readiness

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"google.golang.org/grpc"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"

	"github.com/lair-chat/lair/pkg/rpc"
)

const (
	askEvery = 2 * time.Second
	askTime  = time.Second // of one question
	// silence is how long something may not answer before it counts as gone: it
	// may only be on its way to another copy.
	silence = 10 * time.Second
)

// The states of a dependency.
const (
	Connected    = "connected"
	NotReady     = "not_ready"    // it answers that it cannot work now
	Disconnected = "disconnected" // it does not answer
	Unknown      = "unknown"      // nobody has asked yet
	Full         = "full"         // a database that can be read only
)

// ErrNotReady is what Ask returns if the dependency says that it cannot work.
var ErrNotReady = errors.New("not ready")

// ErrFull is what Ask returns if the dependency works, but has no room to keep
// anything new.
var ErrFull = errors.New("the database is full")

// Dependency is something that a gateway asks how it is.
type Dependency struct {
	Name string
	Ask  func(context.Context) error
	// Needed says that without it clients can do nothing of use here.
	Needed bool
}

// Service asks the health service behind the connection.
func Service(name string, conn grpc.ClientConnInterface, needed bool) Dependency {
	client := healthv1.NewHealthClient(conn)
	return Dependency{name, func(ctx context.Context) error {
		res, err := client.Check(ctx, &healthv1.HealthCheckRequest{})
		if err == nil && res.GetStatus() != healthv1.HealthCheckResponse_SERVING {
			return ErrNotReady
		}
		if err != nil {
			return err
		}
		// One that does not know the question, being of an older release, has room.
		res, err = client.Check(ctx, &healthv1.HealthCheckRequest{Service: rpc.Storage})
		if err == nil && res.GetStatus() == healthv1.HealthCheckResponse_NOT_SERVING {
			return ErrFull
		}
		return nil
	}, needed}
}

// Watch knows how the dependencies are. It is safe for concurrent use.
type Watch struct {
	list []Dependency

	mu     sync.Mutex
	states []string
	full   []bool
	good   []time.Time // when each was last connected
}

// New returns a watch; Run must be running.
func New(list ...Dependency) *Watch {
	w := &Watch{list: list, states: make([]string, len(list)), full: make([]bool, len(list)), good: make([]time.Time, len(list))}
	for i := range w.states {
		w.states[i] = Unknown
	}
	return w
}

// Run asks all of them, again and again, until ctx ends.
func (w *Watch) Run(ctx context.Context) error {
	tick := time.NewTicker(askEvery)
	defer tick.Stop()
	for {
		var all sync.WaitGroup
		for i := range w.list {
			all.Go(func() { w.ask(ctx, i) })
		}
		all.Wait()
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (w *Watch) ask(ctx context.Context, i int) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	err := w.list[i].Ask(ctx)
	if errors.Is(ctx.Err(), context.Canceled) {
		return // the process ends: that says nothing of others
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.full[i] = errors.Is(err, ErrFull)
	switch {
	case err == nil, w.full[i]:
		w.states[i], w.good[i] = Connected, time.Now()
	case errors.Is(err, ErrNotReady):
		w.states[i] = NotReady
	default:
		w.states[i] = Disconnected
	}
}

// Full reports whether one of them has no room to keep anything new.
func (w *Watch) Full() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Contains(w.full, true)
}

// States returns the state of each, and the name of one that is needed and has
// been away for too long, or was never there.
func (w *Watch) States() (states map[string]string, missing string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	states = make(map[string]string, len(w.list))
	for i, d := range w.list {
		states[d.Name] = w.states[i]
		if d.Needed && missing == "" && time.Since(w.good[i]) > silence {
			missing = d.Name
		}
	}
	return states, missing
}
