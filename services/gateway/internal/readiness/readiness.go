// Package readiness watches what a gateway depends on, so that probes read what
// is known and ask nobody: a storm of them costs nothing.
package readiness

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
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
	Refused      = "refused"      // it does not take this process for a part of the system
	Clocks       = "clocks"       // it refuses this process because their clocks differ
	Unknown      = "unknown"      // nobody has asked yet
)

// The states of the database that a service tells beside its own.
const (
	Full   = "full"   // it can be read only
	Behind = "behind" // it lacks migrations that the service needs
)

// ErrNotReady is what Ask returns if the dependency says that it cannot work.
var ErrNotReady = errors.New("not ready")

// ErrFull is what Ask returns if the dependency works, but has no room to keep
// anything new.
var ErrFull = errors.New("the database is full")

// ErrBehind is what Ask returns if the dependency cannot work because its database
// lacks migrations.
var ErrBehind = fmt.Errorf("%w: the database lacks migrations", ErrNotReady)

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
		switch {
		case err != nil:
			return err
		case res.GetStatus() == healthv1.HealthCheckResponse_SERVING && lacks(ctx, client, rpc.Storage):
			return ErrFull
		case res.GetStatus() == healthv1.HealthCheckResponse_SERVING:
			return nil
		case lacks(ctx, client, rpc.Schema):
			return ErrBehind
		}
		return ErrNotReady
	}, needed}
}

// lacks reports whether a service says no to the question. One that does not know it,
// being of an older release, does not.
func lacks(ctx context.Context, client healthv1.HealthClient, question string) bool {
	res, err := client.Check(ctx, &healthv1.HealthCheckRequest{Service: question})
	return err == nil && res.GetStatus() == healthv1.HealthCheckResponse_NOT_SERVING
}

// Watch knows how the dependencies are. It is safe for concurrent use.
type Watch struct {
	list []Dependency
	log  *slog.Logger

	mu     sync.Mutex
	states []string
	data   []string    // what each says of its database: Full, Behind or nothing
	good   []time.Time // when each was last connected
}

// New returns a watch, which logs each change; Run must be running.
func New(log *slog.Logger, list ...Dependency) *Watch {
	w := &Watch{list: list, log: log, states: make([]string, len(list)), data: make([]string, len(list)), good: make([]time.Time, len(list))}
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
	state, data := stateOf(err)
	w.mu.Lock()
	changed := state != w.states[i] || data != w.data[i]
	w.states[i], w.data[i] = state, data
	if state == Connected {
		w.good[i] = time.Now()
	}
	w.mu.Unlock()
	switch {
	case !changed:
	case err == nil:
		w.log.InfoContext(ctx, "a dependency is well", "what", w.list[i].Name)
	default:
		w.log.WarnContext(ctx, "a dependency is not well", "what", w.list[i].Name, "state", state, "err", err)
	}
}

// stateOf returns the state of a dependency, and what it says of its database.
func stateOf(err error) (state, data string) {
	switch {
	case err == nil:
		return Connected, ""
	case errors.Is(err, ErrFull):
		return Connected, Full
	case errors.Is(err, ErrBehind):
		return NotReady, Behind
	case errors.Is(err, ErrNotReady):
		return NotReady, ""
	case errors.Is(err, rpc.ErrClock):
		return Clocks, ""
	case errors.Is(err, rpc.ErrRefused):
		return Refused, ""
	}
	return Disconnected, ""
}

// problems say what is wrong with a service in each state, for people.
var problems = map[string]string{
	NotReady:     "says that it is not ready",
	Disconnected: "does not answer",
	Unknown:      "has not answered yet",
	Refused:      "refuses this gateway: LAIR_CLUSTER_KEY or a certificate is not the same system's",
	Clocks:       "refuses this gateway: their clocks differ",
}

// Database returns what is wrong with the database by what the dependencies say:
// Behind, Full or nothing.
func (w *Watch) Database() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, worst := range []string{Behind, Full} {
		if slices.Contains(w.data, worst) {
			return worst
		}
	}
	return ""
}

// States returns the state of each, and what is wrong with one that is needed and has
// been away for too long, or was never there: a sentence for people.
func (w *Watch) States() (states map[string]string, problem string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	states = make(map[string]string, len(w.list))
	for i, d := range w.list {
		states[d.Name] = w.states[i]
		if d.Needed && problem == "" && w.states[i] != Connected && time.Since(w.good[i]) > silence {
			problem = "the " + d.Name + " service " + problems[w.states[i]]
			if w.data[i] == Behind {
				problem += ": the database lacks migrations"
			}
		}
	}
	return states, problem
}
