package lair

import (
	"context"
	"time"
)

// backoff makes the pauses between attempts: each is drawn evenly from nought
// to a ceiling, which starts at min and doubles up to max. Drawing the whole
// pause, not a part of it, is what spreads clients that were all cut off at the
// same moment.
type backoff struct {
	min, max time.Duration
	rand     func() float64 // in [0, 1)
	ceiling  time.Duration
}

func (b *backoff) next() time.Duration {
	switch {
	case b.ceiling == 0:
		b.ceiling = b.min
	case b.ceiling > b.max/2:
		b.ceiling = b.max
	default:
		b.ceiling *= 2
	}
	return time.Duration(b.rand() * float64(b.ceiling))
}

func (b *backoff) reset() { b.ceiling = 0 }

// pause waits for d, and reports whether ctx was still alive at the end.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
