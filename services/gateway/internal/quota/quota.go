// Package quota says how much of what a client may do, the same over HTTP,
// WebSocket and TCP: which rule a route or a command falls under, and who is
// counted. Start at Quota.Take.
package quota

import (
	"net/netip"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/limit"
)

// Tier is a class of things that clients do.
type Tier uint8

// The tiers.
const (
	Requests Tier = iota // what is in no other
	Auth                 // where passwords and tokens are tried or made
	Messages             // what others get to see in a conversation
	Free                 // not counted
)

// Rules are the limits. A rule that is zero is none.
type Rules struct {
	Auth     limit.Rule // for each address
	Messages limit.Rule // for each user
	Address  limit.Rule // other requests of who is not logged in
	User     limit.Rule // other requests of who is
}

// Quota takes tokens for what clients do. A nil Quota has no limits.
type Quota struct {
	limiter limit.Limiter
	rules   Rules
}

// New returns a quota.
func New(l limit.Limiter, r Rules) *Quota { return &Quota{l, r} }

// Caller is who does something. User is zero before login.
type Caller struct {
	User    id.User
	Address netip.Addr
}

// Take takes a token. The error is a *Refused; the verdict is zero for what is
// not counted.
func (q *Quota) Take(t Tier, who Caller) (limit.Verdict, error) {
	if q == nil || t == Free {
		return limit.Verdict{OK: true}, nil
	}
	rule, key := q.rules.Address, limit.Address(who.Address)
	switch {
	case t == Auth:
		rule = q.rules.Auth
	case !who.User.IsZero():
		rule, key = q.rules.User, limit.User(who.User)
		if t == Messages {
			rule = q.rules.Messages
		}
	}
	v := q.limiter.Take(rule, key)
	if !v.OK {
		return v, &Refused{v}
	}
	return v, nil
}

// Refused is the error of who did too much.
type Refused struct{ limit.Verdict }

var errRefused = fault.New(fault.Exhausted, "rate_limited", "this was too often, try again later")

func (e *Refused) Error() string { return errRefused.Error() }

// Unwrap makes it a fault.
func (e *Refused) Unwrap() error { return errRefused }

// RetryAfter returns when it makes sense to try again, in whole seconds.
func (e *Refused) RetryAfter() int { return max(limit.Seconds(e.Retry), 1) }

// From returns the caller at an address without a port, before login. All texts
// that are no address are one.
func From(address string) Caller {
	a, _ := netip.ParseAddr(address)
	return Caller{Address: a}
}
