// Package run is the life of a process: start the parts, wait for a signal or
// a failure, drain, stop the parts in reverse.
//
// A process is a list of parts in the order of need: a part may use every part
// before it, from its start until it has returned. See [Main] for a program
// and [All] for anything smaller.
package run

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

const (
	// drainTime bounds the drain of one part.
	drainTime = 20 * time.Second
	// stopTime bounds the return of one part after its context ended. It is
	// longer than servers give the calls that run.
	stopTime = 15 * time.Second
)

// Part is one thing that runs until its context ends.
type Part struct {
	// Name is what the errors of the part begin with.
	Name string
	// Run returns when its context ended and everything it started is over. If
	// it returns before, the whole process stops. nil just waits.
	Run func(context.Context) error
	// Drain, if any, is called once before any part is stopped: refuse new work
	// and let go of what can move elsewhere. Run goes on meanwhile. The context
	// says how much time is left.
	Drain func(context.Context) error
}

// All starts the parts in order and waits until ctx ends or a part returns. It
// then drains all parts in reverse, 20 s for each at most, and stops them in
// reverse: the next one when the last has returned, or after 15 s. The errors
// of all parts come back joined; that a stopped part reports
// context.Canceled is none.
func All(ctx context.Context, parts ...Part) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	running := make([]*started, 0, len(parts))
	for _, p := range parts {
		running = append(running, start(ctx, p, stop))
	}
	<-ctx.Done()

	var errs []error
	slices.Reverse(running)
	for _, r := range running {
		errs = append(errs, r.drain(context.WithoutCancel(ctx)))
	}
	for _, r := range running {
		errs = append(errs, r.stop())
	}
	return errors.Join(errs...)
}

// started is a part that runs.
type started struct {
	Part
	cancel context.CancelFunc
	over   chan struct{} // closed when Run returned
	err    error         // of Run, once it is over
}

// start runs the part under a context of its own: the end of all must not stop
// it before its turn.
func start(ctx context.Context, p Part, ended func()) *started {
	own, cancel := context.WithCancel(context.WithoutCancel(ctx))
	r := &started{Part: p, cancel: cancel, over: make(chan struct{})}
	go func() {
		defer ended()
		defer close(r.over)
		if p.Run == nil {
			<-own.Done()
			return
		}
		err := p.Run(own)
		if err != nil && (own.Err() == nil || !errors.Is(err, context.Canceled)) {
			r.err = fmt.Errorf("%s: %w", p.Name, err)
		}
	}()
	return r
}

// drain returns when the part is drained, has ended by itself, or time is up.
func (r *started) drain(ctx context.Context) error {
	select {
	case <-r.over:
		return nil
	default:
	}
	if r.Drain == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, drainTime)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- r.Drain(ctx) }()
	var err error
	select {
	case err = <-done:
	case <-ctx.Done(): // also if Drain does not look
		err = ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("drain %s: %w", r.Name, err)
	}
	return nil
}

func (r *started) stop() error {
	r.cancel()
	late := time.NewTimer(stopTime)
	defer late.Stop()
	select {
	case <-r.over:
		return r.err
	case <-late.C:
		return fmt.Errorf("%s: did not stop within %v", r.Name, stopTime)
	}
}
