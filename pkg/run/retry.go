package run

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"
)

// The pauses between attempts double from the first to the longest.
const (
	firstPause   = 100 * time.Millisecond
	longestPause = 5 * time.Second
)

// Retry calls f until it succeeds, for dependencies that are still down when
// the process starts. After total it gives up with an error that names what it
// waited for, such as "postgres", and holds the last error of f. The context
// of f ends then, too. If ctx ends before, its error comes back.
func Retry(ctx context.Context, log *slog.Logger, what string, total time.Duration, f func(context.Context) error) error {
	limited, cancel := context.WithTimeout(ctx, total)
	defer cancel()
	began := time.Now()
	pause := firstPause
	for {
		err := f(limited)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return fmt.Errorf("wait for %s: %w", what, ctx.Err())
		}
		// Half of the pause is chance: processes that started together must not
		// come back together.
		wait := pause/2 + rand.N(pause/2+1) //nolint:gosec // nobody gains by guessing it
		log.WarnContext(ctx, "dependency did not answer", "what", what, "err", err,
			"took", time.Since(began), "next_in", wait)
		select {
		case <-time.After(wait):
			pause = min(2*pause, longestPause)
		case <-limited.Done():
			if ctx.Err() != nil {
				return fmt.Errorf("wait for %s: %w", what, ctx.Err())
			}
			return fmt.Errorf("%s did not answer within %v: %w", what, total, err)
		}
	}
}
