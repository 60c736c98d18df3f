package directory

import (
	"container/list"
	"time"

	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// recent holds the users that were asked for most recently.
type recent struct {
	capacity int
	byID     map[id.User]*list.Element
	order    *list.List // of *entry, the most recent first
}

type entry struct {
	user    clientv1.User
	expires time.Time
}

func newRecent(capacity int) *recent {
	return &recent{capacity: capacity, byID: map[id.User]*list.Element{}, order: list.New()}
}

// fresh returns a user who has not expired.
func (r *recent) fresh(u id.User, now time.Time) (clientv1.User, bool) {
	e, ok := r.byID[u]
	if !ok {
		return clientv1.User{}, false
	}
	kept := e.Value.(*entry) //nolint:forcetypeassert // nothing else is in the list
	if !now.Before(kept.expires) {
		return clientv1.User{}, false
	}
	r.order.MoveToFront(e)
	return kept.user, true
}

// stale returns a user even if it has expired.
func (r *recent) stale(u id.User) (clientv1.User, bool) {
	if e, ok := r.byID[u]; ok {
		return e.Value.(*entry).user, true //nolint:forcetypeassert // nothing else is in the list
	}
	return clientv1.User{}, false
}

// outdate makes what is remembered of a user stale.
func (r *recent) outdate(u id.User) {
	if e, ok := r.byID[u]; ok {
		e.Value = &entry{e.Value.(*entry).user, time.Time{}} //nolint:forcetypeassert // nothing else is in the list
	}
}

// put remembers a user, and forgets the one that was not asked for the longest
// if there are too many.
func (r *recent) put(u id.User, who clientv1.User, expires time.Time) {
	if e, ok := r.byID[u]; ok {
		e.Value = &entry{who, expires}
		r.order.MoveToFront(e)
		return
	}
	r.byID[u] = r.order.PushFront(&entry{who, expires})
	if r.order.Len() > r.capacity {
		last := r.order.Back()
		r.order.Remove(last)
		delete(r.byID, last.Value.(*entry).user.ID) //nolint:forcetypeassert // nothing else is in the list
	}
}
