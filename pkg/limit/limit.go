// Package limit counts what somebody does against a rule: so many a minute,
// with a burst. Each pair of a rule and a key has a bucket of tokens that fills
// evenly; what is done takes one, and is refused when there is none.
//
// Taking a token never waits and does not allocate, so that it may stand before
// every message: Memory counts in this process, and Redis shares the counts of
// several processes behind their backs.
package limit

import (
	"net/netip"
	"time"

	"github.com/lair-chat/lair/pkg/id"
)

// Rule says how much is allowed. The zero Rule allows everything.
type Rule struct {
	Name      string // tells the buckets of one rule from those of others
	PerMinute int    // tokens that come back in a minute; 0 is no limit
	Burst     int    // tokens that a full bucket has; 0 is PerMinute
}

func (r Rule) size() float64 {
	if r.Burst > 0 {
		return float64(r.Burst)
	}
	return float64(r.PerMinute)
}

// perSecond is how many tokens come back in a second.
func (r Rule) perSecond() float64 { return float64(r.PerMinute) / 60 }

// Key is who is counted. It is small and comparable, so that a map needs no text.
type Key [17]byte

// User returns the key of a user.
func User(u id.User) (k Key) {
	k[0] = 'u'
	copy(k[1:], u.Bytes())
	return k
}

// Address returns the key of a network address. Those of IPv6 count by the
// first 64 bits: one customer has all the addresses behind them.
func Address(a netip.Addr) (k Key) {
	k[0] = 'a'
	a = a.Unmap()
	b := a.As16()
	if a.Is6() {
		clear(b[8:])
	}
	copy(k[1:], b[:])
	return k
}

// Verdict is what came of taking a token.
type Verdict struct {
	OK        bool
	Limit     int           // tokens in a full bucket; 0 if there is no limit
	Remaining int           // that are left
	Reset     time.Duration // until the bucket is full
	Retry     time.Duration // until there is a token again; 0 if there is
}

// Limiter takes tokens. Implementations are safe for concurrent use, and Take
// neither waits nor fails.
type Limiter interface {
	Take(r Rule, k Key) Verdict
}

// Seconds returns d in whole seconds, rounded up.
func Seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }
