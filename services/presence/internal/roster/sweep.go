package roster

import (
	"context"
	"time"
)

// sweepTimeout bounds one sweep: a call that hangs must not stop all others.
const sweepTimeout = 10 * time.Second

// Run sweeps until ctx is done, and then returns nil. Any number of processes
// may sweep one registry. An error of the registry is logged once, and Run
// goes on.
func (r *Roster) Run(ctx context.Context) error {
	tick := time.NewTicker(SweepEvery(r.Expiry))
	defer tick.Stop()
	failing := false
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		err := r.sweep(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil && !failing {
			r.Log.WarnContext(ctx, "presence was not swept", "err", err)
		}
		if err == nil && failing {
			r.Log.InfoContext(ctx, "presence was swept again")
		}
		failing = err != nil
	}
}

func (r *Roster) sweep(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, sweepTimeout)
	defer cancel()
	changes, err := r.Registry.Sweep(ctx)
	r.announce(ctx, changes)
	if err != nil {
		return err
	}
	return r.pay(ctx)
}
