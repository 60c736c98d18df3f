package rpc

import (
	"fmt"
	"time"
)

// differ says, for the log of an operator who has to find the wrong clock, how
// far ours is ahead of the caller's.
func differ(role string, ahead time.Duration) *refusedError {
	is := "behind"
	if ahead < 0 {
		is = "ahead"
	}
	return &refusedError{refusedClock, fmt.Sprintf("the clocks differ by %v: that of the caller, %q, is %s", ahead.Abs(), role, is)}
}
