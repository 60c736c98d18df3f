package rpc

import (
	"errors"
	"fmt"
	"time"
)

// ErrRefused is in the chain of what a call returns if the other side does not take
// this process for a part of the system. ErrClock is there, too, if that is because the
// clocks of the two differ.
var (
	ErrRefused = errors.New("the other side does not take this process for a part of the system")
	ErrClock   = errors.New("the clocks of the two differ")
)

// What a caller who is refused is told. Only one with the right key learns that
// it is the clock.
const (
	strangerText = "the caller is no part of this system"
	clockText    = "the clock of the caller differs"
)

// refusalText returns what the caller is told.
func refusalText(why refusal) string {
	if why == refusedClock {
		return clockText
	}
	return strangerText
}

// refusedBy returns what a caller makes of that, err being all of what it got.
func refusedBy(err error, text string) error {
	if text == clockText {
		return fmt.Errorf("%w: %w: %w", ErrRefused, ErrClock, err)
	}
	return fmt.Errorf("%w: %w", ErrRefused, err)
}

// differ says, for the log of an operator who has to find the wrong clock, how
// far ours is ahead of the caller's.
func differ(role string, ahead time.Duration) *refusedError {
	is := "behind"
	if ahead < 0 {
		is = "ahead"
	}
	return &refusedError{refusedClock, fmt.Sprintf("the clocks differ by %v: that of the caller, %q, is %s", ahead.Abs(), role, is)}
}
