package storetest

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
	"github.com/lair-chat/lair/services/room/internal/membership"
)

// moves are what one may do in a room, to another one; n is by chance.
var moves = []func(ctx context.Context, w *world, room id.Room, u, v id.User, n uint32) error{
	func(ctx context.Context, w *world, room id.Room, u, _ id.User, _ uint32) error {
		_, _, err := w.Join(ctx, u, room)
		return err
	},
	func(ctx context.Context, w *world, room id.Room, u, _ id.User, _ uint32) error {
		return w.Leave(ctx, u, room)
	},
	func(ctx context.Context, w *world, room id.Room, u, v id.User, _ uint32) error {
		return w.Kick(ctx, u, room, v)
	},
	func(ctx context.Context, w *world, room id.Room, u, v id.User, n uint32) error {
		_, err := w.SetRole(ctx, u, room, v, journal.Role(1+n%3))
		return err
	},
	func(ctx context.Context, w *world, room id.Room, u, v id.User, _ uint32) error {
		_, err := w.Transfer(ctx, u, room, v)
		return err
	},
	func(ctx context.Context, w *world, room id.Room, u, v id.User, _ uint32) error {
		return w.Ban(ctx, u, room, v)
	},
	func(ctx context.Context, w *world, room id.Room, u, v id.User, _ uint32) error {
		return w.Unban(ctx, u, room, v)
	},
	func(ctx context.Context, w *world, room id.Room, u, _ id.User, n uint32) error {
		_, err := w.Update(ctx, u, room, membership.Change{MaxMembers: new(n % 6), Private: new(n%2 == 0)})
		return err
	},
	func(ctx context.Context, w *world, room id.Room, u, v id.User, _ uint32) error {
		i, err := w.Invite(ctx, u, room, v)
		if err == nil {
			_, _, err = w.Accept(ctx, v, i.ID)
		}
		return err
	},
	func(ctx context.Context, w *world, room id.Room, u, v id.User, n uint32) error {
		_, err := w.Mute(ctx, u, room, v, start.Add(time.Duration(1+n%9)*1000*time.Hour))
		return err
	},
}

// anything has everybody do anything at once: there is always an owner, never
// more members than may be, and nobody in who is banned. The log has no hole
// then, and tells the same members.
func anything(t *testing.T, w *world) {
	const people, each = 6, 40
	for seed := range uint64(2) {
		crowd := w.users(t, people)
		hall := w.room(t, membership.Room{Name: id.New().String(), MaxMembers: 4}, crowd[0])
		var all sync.WaitGroup
		for i, u := range crowd {
			r := rand.New(rand.NewPCG(seed, uint64(i)))
			all.Go(func() {
				for range each {
					move, v, n := r.IntN(len(moves)), crowd[r.IntN(people)], r.Uint32()
					err := moves[move](t.Context(), w, hall, u, v, n)
					if err != nil && fault.KindOf(err) == fault.Internal {
						t.Errorf("move %d: %v", move, err)
					}
					w.holds(t, hall)
				}
			})
		}
		all.Wait()
		w.log(t, hall)
	}
}

// holds checks under the head of a room what is always so.
func (w *world) holds(t *testing.T, hall id.Room) {
	t.Helper()
	w.must(t, func(tx membership.Tx) error {
		if _, err := tx.Lock(t.Context(), hall.Conversation()); err != nil {
			return err
		}
		r, err := tx.Room(t.Context(), hall)
		if err != nil {
			return err
		}
		members, err := tx.Members(t.Context(), hall.Conversation())
		if err != nil {
			return err
		}
		owners := 0
		for _, m := range members {
			if m.Role == journal.Owner {
				owners++
			}
			if banned, err := tx.Banned(t.Context(), hall, m.User); err != nil || banned {
				t.Errorf("%v is banned and in, %v", m.User, err)
			}
		}
		if owners == 0 || r.MaxMembers > 0 && len(members) > int(r.MaxMembers) {
			t.Errorf("%d owners among %d members of at most %d", owners, len(members), r.MaxMembers)
		}
		return nil
	})
}
