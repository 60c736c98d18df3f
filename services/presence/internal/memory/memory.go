// Package memory is a roster.Registry inside one process.
package memory

import (
	"context"
	"sync"
	"time"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/presence/internal/roster"
)

// Registry implements roster.Registry. It never returns an error.
type Registry struct {
	expiry time.Duration
	now    func() time.Time

	mu      sync.Mutex
	due     map[id.User]map[string]time.Time // by pod: when the entry expires
	typing  map[typist]time.Time             // when the user may be shown again
	seen    time.Time                        // the last Report, Renew or Sweep
	settled time.Time                        // nothing expires before
}

type typist struct {
	conversation id.Conversation
	user         id.User
}

// New returns an empty registry whose entries expire.
func New(expiry time.Duration, now func() time.Time) *Registry {
	return &Registry{
		expiry: expiry, now: now, seen: now(),
		due:    make(map[id.User]map[string]time.Time),
		typing: make(map[typist]time.Time),
	}
}

// begin notices an outage: the process was stopped, or the machine asleep.
func (r *Registry) begin() time.Time {
	now := r.now()
	if now.Sub(r.seen) > roster.Outage(r.expiry) {
		r.settled = now.Add(r.expiry)
	}
	r.seen = now
	return now
}

// Report implements roster.Registry.
func (r *Registry) Report(_ context.Context, pod string, arrived, departed []id.User) ([]roster.Change, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.begin()
	changes := r.arrive(now, pod, arrived)
	for _, u := range departed {
		if pods, ok := r.due[u]; ok {
			delete(pods, pod)
			changes = r.expire(now, u, changes)
		}
	}
	return changes, nil
}

// Renew implements roster.Registry.
func (r *Registry) Renew(_ context.Context, pod string, users []id.User) ([]roster.Change, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.arrive(r.begin(), pod, users), nil
}

func (r *Registry) arrive(now time.Time, pod string, users []id.User) (came []roster.Change) {
	for _, u := range users {
		pods, ok := r.due[u]
		if !ok {
			pods = make(map[string]time.Time, 1)
			r.due[u] = pods
			came = append(came, roster.Change{User: u, Online: true})
		}
		pods[pod] = now.Add(r.expiry)
	}
	return came
}

// Sweep implements roster.Registry.
func (r *Registry) Sweep(context.Context) ([]roster.Change, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.begin()
	var changes []roster.Change
	for u := range r.due {
		changes = r.expire(now, u, changes)
	}
	for t, free := range r.typing {
		if !now.Before(free) {
			delete(r.typing, t)
		}
	}
	return changes, nil
}

// expire removes expired entries of u, and u itself if none is left.
func (r *Registry) expire(now time.Time, u id.User, changes []roster.Change) []roster.Change {
	pods := r.due[u]
	for pod, due := range pods {
		if !now.Before(due) && !now.Before(r.settled) {
			delete(pods, pod)
		}
	}
	if len(pods) > 0 {
		return changes
	}
	delete(r.due, u)
	return append(changes, roster.Change{User: u})
}

// Online implements roster.Registry.
func (r *Registry) Online(_ context.Context, users []id.User) ([]id.User, int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var online []id.User
	for _, u := range users {
		if _, ok := r.due[u]; ok {
			online = append(online, u)
		}
	}
	return online, len(r.due), nil
}

// All implements roster.Registry.
func (r *Registry) All(_ context.Context, limit int) ([]id.User, int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	online := make([]id.User, 0, min(limit, len(r.due)))
	for u := range r.due {
		if len(online) == limit {
			break
		}
		online = append(online, u)
	}
	return online, len(r.due), nil
}

// Type implements roster.Registry.
func (r *Registry) Type(_ context.Context, c id.Conversation, u id.User) (bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now, t := r.now(), typist{c, u}
	if now.Before(r.typing[t]) {
		return false, nil
	}
	r.typing[t] = now.Add(roster.TypingEvery)
	return true, nil
}
