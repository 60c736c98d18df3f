package authn

import (
	"sync"
	"time"

	"github.com/lair-chat/lair/pkg/id"
)

// revoked is the set of sessions that were revoked.
//
// A session is forgotten once every token of it has expired by itself. That a
// session may be refreshed for 30 days does not matter: a revoked one gets no
// new token, so its last one was made before it was heard of and lives no
// longer than any token does. Two generations that are exchanged after that
// time, instead of a time for each entry, keep an entry at its 16 bytes: it
// stays for one life to two.
type revoked struct {
	life time.Duration

	mu       sync.RWMutex
	young    map[id.Session]struct{}
	old      map[id.Session]struct{}
	exchange time.Time // when young becomes old
}

// has reports whether the session was revoked.
func (r *revoked) has(s id.Session) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.contains(s)
}

func (r *revoked) contains(s id.Session) bool {
	if _, ok := r.young[s]; ok {
		return true
	}
	_, ok := r.old[s]
	return ok
}

// add reports whether the session was not in the set.
func (r *revoked) add(s id.Session, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !now.Before(r.exchange) {
		r.young, r.old = map[id.Session]struct{}{}, r.young
		r.exchange = now.Add(r.life)
	}
	if r.contains(s) {
		return false
	}
	r.young[s] = struct{}{}
	return true
}
