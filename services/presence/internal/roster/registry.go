package roster

import (
	"context"
	"time"

	"github.com/lair-chat/lair/pkg/id"
)

// TypingEvery is how often one user may be shown as typing in a conversation.
const TypingEvery = 3 * time.Second

// SweepEvery returns how often expired entries are looked for.
func SweepEvery(expiry time.Duration) time.Duration { return expiry / 15 }

// Outage returns how long a registry may be left alone before it assumes that
// it could not be reached, or that no presence service was there to reach it.
// It is a few sweeps, and short enough that entries still outlive an outage
// that is not noticed.
func Outage(expiry time.Duration) time.Duration { return expiry / 5 }

// Registry keeps the entries for all presence processes. It is safe for
// concurrent use, by many processes where it can be shared. Lists of users
// have no duplicates; a Change is returned to one caller only.
//
// After an outage all entries live for another expiry time: pods that could
// not renew them are not taken for dead.
//
// Every error is a fault.Unavailable. Report, Renew and Sweep may return
// changes together with an error: they have happened.
type Registry interface {
	// Report adds entries of the pod for those who arrived and removes those
	// of the departed. No user is in both lists.
	Report(ctx context.Context, pod string, arrived, departed []id.User) ([]Change, error)
	// Renew adds or prolongs entries of the pod.
	Renew(ctx context.Context, pod string, users []id.User) ([]Change, error)
	// Sweep removes what has expired.
	Sweep(ctx context.Context) ([]Change, error)

	// Online returns those of the users who are online, and the number of all.
	Online(ctx context.Context, users []id.User) (online []id.User, total int, err error)
	// All returns at most limit users who are online, and the number of all.
	All(ctx context.Context, limit int) (online []id.User, total int, err error)

	// Type reports whether the user has not been typing in the conversation
	// for TypingEvery, and notes that it does now.
	Type(ctx context.Context, c id.Conversation, u id.User) (first bool, err error)
}
