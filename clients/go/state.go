package lair

import "time"

// Phase is what a link is doing.
type Phase uint8

// The phases.
const (
	Connecting Phase = iota // on the way to the server
	Live                    // connected; events and answers come
	Waiting                 // pausing before it connects again
	Closed                  // ended, for good
)

func (p Phase) String() string {
	switch p {
	case Connecting:
		return "connecting"
	case Live:
		return "live"
	case Waiting:
		return "waiting"
	case Closed:
		return "closed"
	default:
		return "unknown"
	}
}

// State is a phase and its circumstances.
type State struct {
	Phase Phase
	// Err is why the link is Waiting or Closed.
	Err error
	// Wait is how long it will be Waiting.
	Wait time.Duration
}
