package run

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"
)

// Chore is work that comes again and again. Its Do must bear to be done by many
// processes at once.
type Chore struct {
	// Name is what the chore is called in logs.
	Name string
	// Every is the mean time between the end of one round and the next. Half of
	// it is chance: processes that started together must not meet every time.
	Every time.Duration
	Log   *slog.Logger
	// Do is one round.
	Do func(context.Context) error
}

// Run does rounds until ctx ends; the first one after a pause. A failure is
// logged when it is not the one of the round before, so what is down for a day
// is not logged for a day.
func (c Chore) Run(ctx context.Context) error {
	last := ""
	for {
		pause := time.NewTimer(c.Every*3/4 + rand.N(c.Every/2+1)) //nolint:gosec // nobody gains by guessing it
		select {
		case <-ctx.Done():
			pause.Stop()
			return nil
		case <-pause.C:
		}
		err := c.Do(ctx)
		switch {
		case ctx.Err() != nil: // whatever failed, failed because of that
		case err != nil && err.Error() != last:
			c.Log.WarnContext(ctx, "chore failed", "chore", c.Name, "err", err)
			last = err.Error()
		case err == nil && last != "":
			c.Log.InfoContext(ctx, "chore works again", "chore", c.Name)
			last = ""
		}
	}
}
