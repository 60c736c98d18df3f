// Package door counts the connections of each address, whichever way they come
// in, so that one cannot take the place of all.
package door

import (
	"net/netip"
	"sync"

	"github.com/lair-chat/lair/pkg/limit"
)

// Door lets connections in. A nil Door lets all in.
type Door struct {
	max  int
	mu   sync.Mutex
	open map[limit.Key]int
}

// New returns a door for so many connections of one address, or one /64 of
// IPv6; 0 is any number.
func New(most int) *Door {
	if most <= 0 {
		return nil
	}
	return &Door{max: most, open: map[limit.Key]int{}}
}

// Enter reports whether one more connection of the address may be. If so, Leave
// has to be called in the end.
func (d *Door) Enter(address string) bool {
	if d == nil {
		return true
	}
	k := key(address)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.open[k] >= d.max {
		return false
	}
	d.open[k]++
	return true
}

// Leave undoes Enter.
func (d *Door) Leave(address string) {
	if d == nil {
		return
	}
	k := key(address)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.open[k]--; d.open[k] <= 0 {
		delete(d.open, k)
	}
}

func key(address string) limit.Key {
	a, _ := netip.ParseAddr(address)
	return limit.Address(a)
}
