// Package redis is a roster.Registry that all presence processes share. It
// needs Redis 6.2 or later: a single server, Sentinel or Cluster.
//
// Each change is one script, so it is atomic, and decides by the clock of the
// server. Nothing here must survive: the pods renew all of it within seconds,
// and the keys expire when nobody does. When the server has lost its state,
// this package gives back what it believes and lets the pods correct it.
package redis

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/presence/internal/roster"
)

// Registry implements roster.Registry.
type Registry struct {
	client redis.UniversalClient
	expiry time.Duration
	belief *belief

	restoring sync.Mutex
}

// New returns the registry on the client's server, which need not be up.
// Processes that share it must agree on the expiry.
func New(client redis.UniversalClient, expiry time.Duration) *Registry {
	return &Registry{client: client, expiry: expiry, belief: newBelief()}
}

// Report implements roster.Registry.
func (r *Registry) Report(ctx context.Context, pod string, arrived, departed []id.User) ([]roster.Change, error) {
	return r.report(ctx, pod, false, arrived, departed)
}

// Renew implements roster.Registry.
func (r *Registry) Renew(ctx context.Context, pod string, users []id.User) ([]roster.Change, error) {
	changes, err := r.report(ctx, pod, !r.belief.knows(pod), users, nil)
	if err == nil {
		r.belief.renewed(pod)
	}
	return changes, err
}

func (r *Registry) report(
	ctx context.Context, pod string, presumed bool, arrived, departed []id.User,
) (changes []roster.Change, err error) {
	for len(arrived)+len(departed) > 0 {
		come, leave := arrived[:min(batch, len(arrived))], departed[:min(batch, len(departed))]
		a, err := r.run(ctx, reportScript, tag(pod), presumed, pack(come), pack(leave))
		if err != nil {
			return changes, err
		}
		r.belief.saw(come, a.went)
		changes = append(changes, a.changes()...)
		arrived, departed = arrived[len(come):], departed[len(leave):]
	}
	return changes, nil
}

// Sweep implements roster.Registry.
func (r *Registry) Sweep(ctx context.Context) (changes []roster.Change, err error) {
	for {
		a, err := r.run(ctx, sweepScript, batch)
		if err != nil {
			return changes, err
		}
		r.belief.saw(nil, a.went)
		changes = append(changes, a.changes()...)
		if len(a.went) < batch {
			r.belief.swept()
			return changes, nil
		}
	}
}

// Online implements roster.Registry.
func (r *Registry) Online(ctx context.Context, users []id.User) ([]id.User, int, error) {
	var total *redis.IntCmd
	var scores []*redis.Cmd
	_, err := r.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		total = p.ZCard(ctx, onlineKey)
		for some := range chunks(users) {
			args := []any{"ZMSCORE", onlineKey}
			for _, u := range some {
				args = append(args, u.Bytes())
			}
			scores = append(scores, p.Do(ctx, args...))
		}
		return nil
	})
	if err != nil {
		return nil, 0, unavailable(err)
	}
	var online []id.User
	for _, cmd := range scores {
		some, err := cmd.Slice()
		if err != nil {
			return nil, 0, unavailable(err)
		}
		for i, score := range some {
			if score != nil {
				online = append(online, users[i])
			}
		}
		users = users[len(some):]
	}
	return online, int(total.Val()), nil
}

// All implements roster.Registry.
func (r *Registry) All(ctx context.Context, limit int) ([]id.User, int, error) {
	var total *redis.IntCmd
	var some *redis.StringSliceCmd
	_, err := r.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		total = p.ZCard(ctx, onlineKey)
		some = p.ZRange(ctx, onlineKey, 0, int64(limit)-1)
		return nil
	})
	if err != nil {
		return nil, 0, unavailable(err)
	}
	online := make([]id.User, 0, len(some.Val()))
	for _, s := range some.Val() {
		online = append(online, unpack(s)...)
	}
	return online, int(total.Val()), nil
}

// Type implements roster.Registry.
func (r *Registry) Type(ctx context.Context, c id.Conversation, u id.User) (bool, error) {
	key := prefix + "typing:" + c.String() + ":" + u.String()
	err := r.client.SetArgs(ctx, key, 1, redis.SetArgs{Mode: "NX", TTL: roster.TypingEvery}).Err()
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, redis.Nil):
		return false, nil
	}
	return false, unavailable(err)
}

func chunks(users []id.User) iter.Seq[[]id.User] { return slices.Chunk(users, batch) }
