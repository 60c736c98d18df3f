package membership_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
	"github.com/lair-chat/lair/services/room/internal/membership"
)

// steps are what people may do in a room, each to another one.
var steps = []func(ctx context.Context, s *membership.Rooms, r *rand.Rand, room id.Room, u, v id.User) error{
	func(ctx context.Context, s *membership.Rooms, _ *rand.Rand, room id.Room, u, _ id.User) error {
		_, _, err := s.Join(ctx, u, room)
		return err
	},
	func(ctx context.Context, s *membership.Rooms, _ *rand.Rand, room id.Room, u, _ id.User) error {
		return s.Leave(ctx, u, room)
	},
	func(ctx context.Context, s *membership.Rooms, _ *rand.Rand, room id.Room, u, v id.User) error {
		return s.Kick(ctx, u, room, v)
	},
	func(ctx context.Context, s *membership.Rooms, r *rand.Rand, room id.Room, u, v id.User) error {
		return drop(s.SetRole(ctx, u, room, v, journal.Role(1+r.IntN(3))))
	},
	func(ctx context.Context, s *membership.Rooms, _ *rand.Rand, room id.Room, u, v id.User) error {
		return drop(s.Transfer(ctx, u, room, v))
	},
	func(ctx context.Context, s *membership.Rooms, _ *rand.Rand, room id.Room, u, v id.User) error {
		return s.Ban(ctx, u, room, v)
	},
	func(ctx context.Context, s *membership.Rooms, _ *rand.Rand, room id.Room, u, v id.User) error {
		return s.Unban(ctx, u, room, v)
	},
	func(ctx context.Context, s *membership.Rooms, r *rand.Rand, room id.Room, u, _ id.User) error {
		return drop(s.Update(ctx, u, room, membership.Change{MaxMembers: new(r.Uint32N(6)), Private: new(r.IntN(2) == 0)}))
	},
	func(ctx context.Context, s *membership.Rooms, _ *rand.Rand, room id.Room, u, v id.User) error {
		i, err := s.Invite(ctx, u, room, v)
		if err == nil {
			_, _, err = s.Accept(ctx, v, i.ID)
		}
		return err
	},
	func(ctx context.Context, s *membership.Rooms, r *rand.Rand, room id.Room, u, v id.User) error {
		return drop(s.Mute(ctx, u, room, v, now().Add(time.Duration(1+r.IntN(9))*time.Hour)))
	},
}

// TestRoomsKeepAnOwnerWhenAccountsAreDeleted does at random what may be done,
// deletes accounts, and lets the service hear of it some time later.
func TestRoomsKeepAnOwnerWhenAccountsAreDeleted(t *testing.T) {
	const seeds, length = 8, 80
	rooms, store, _ := setup(t)
	ends := 0
	for seed := range uint64(seeds) {
		r := rand.New(rand.NewPCG(seed, 2))
		people := make([]id.User, 7)
		for i := range people {
			people[i] = user(t, store)
		}
		halls := make([]id.Room, 2)
		for i := range halls {
			made, err := rooms.Create(t.Context(), people[i], membership.Room{Name: id.New().String()})
			if err != nil {
				t.Fatal(err)
			}
			halls[i] = made.ID
		}
		var heard, unheard []id.User
		for n := range length {
			u, v := people[r.IntN(len(people))], people[r.IntN(len(people))]
			switch {
			case n%9 == 8:
				err := store.Update(t.Context(), func(tx membership.Tx) error { return tx.EndUser(t.Context(), u) })
				if err != nil {
					t.Fatal(err)
				}
				unheard = append(unheard, u)
			case len(unheard) > 0 && r.IntN(6) == 0:
				if err := rooms.Forget(t.Context(), unheard[0]); err != nil {
					t.Fatal(err)
				}
				heard, unheard = append(heard, unheard[0]), unheard[1:]
				ends++
			default:
				err := steps[r.IntN(len(steps))](t.Context(), rooms, r, halls[r.IntN(len(halls))], u, v)
				if fault.KindOf(err) == fault.Internal && err != nil {
					t.Fatal(err)
				}
			}
			for _, hall := range halls {
				if !kept(t, store, hall, heard) {
					t.Fatalf("seed %d: after step %d of %d", seed, n, length)
				}
			}
		}
	}
	if ends < seeds {
		t.Errorf("only %d accounts were deleted", ends)
	}
}

// kept checks that a room that is there has an owner, and nobody of those who
// are gone.
func kept(t *testing.T, store membership.Store, room id.Room, gone []id.User) bool {
	t.Helper()
	members, err := store.Journal().Members(t.Context(), room.Conversation())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Room(t.Context(), room); errors.Is(err, membership.ErrNotFound) {
		return len(members) == 0
	}
	good := len(members) > 0 && members[0].Role == journal.Owner
	for _, m := range members {
		good = good && !slices.Contains(gone, m.User)
	}
	return good
}

// TestRoomAlwaysHasAnOwnerAndIsNeverTooFull does at random what may be done.
func TestRoomAlwaysHasAnOwnerAndIsNeverTooFull(t *testing.T) {
	const seeds, length = 8, 60
	rooms, store, _ := setup(t)
	done := 0
	for seed := range uint64(seeds) {
		r := rand.New(rand.NewPCG(seed, 1))
		people := make([]id.User, 6)
		for i := range people {
			people[i] = user(t, store)
		}
		made, err := rooms.Create(t.Context(), people[0], membership.Room{Name: id.New().String(), MaxMembers: 4})
		if err != nil {
			t.Fatal(err)
		}
		for n := range length {
			step := r.IntN(len(steps))
			u, v := people[r.IntN(len(people))], people[r.IntN(len(people))]
			err := steps[step](t.Context(), rooms, r, made.ID, u, v)
			if fault.KindOf(err) == fault.Internal && err != nil {
				t.Fatal(err)
			}
			if err == nil {
				done++
			}
			if !holds(t, store, made.ID) {
				t.Fatalf("seed %d: after step %d of %d, kind %d, %v", seed, n, length, step, err)
			}
		}
	}
	if done < seeds*length/12 {
		t.Errorf("only %d steps did anything", done)
	}
}

// holds checks what is always so.
func holds(t *testing.T, store membership.Store, room id.Room) bool {
	t.Helper()
	r, err := store.Room(t.Context(), room)
	if err != nil {
		t.Fatal(err)
	}
	members, err := store.Journal().Members(t.Context(), room.Conversation())
	if err != nil {
		t.Fatal(err)
	}
	bans, err := store.Bans(t.Context(), room)
	if err != nil {
		t.Fatal(err)
	}
	good := len(members) > 0 && members[0].Role == journal.Owner
	if r.MaxMembers > 0 && len(members) > int(r.MaxMembers) {
		good = false
	}
	for _, b := range bans {
		for _, m := range members {
			good = good && m.User != b.User
		}
	}
	return good
}
