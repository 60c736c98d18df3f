package membership_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/testkit/sqlitetest"
	"github.com/lair-chat/lair/services/internal/journal"
	"github.com/lair-chat/lair/services/room/internal/membership"
	"github.com/lair-chat/lair/services/room/internal/sqlite"
)

// wire keeps what is announced.
type wire struct {
	events []journal.Event
	mine   []*journal.UserEvent
}

func (*wire) Joined(u id.User, _ journal.Role, _ bool) []byte { return u.Bytes() }
func (*wire) Left(u id.User) []byte                           { return u.Bytes() }
func (*wire) Added(c id.Conversation, _ int64) []byte         { return c.Bytes() }

func (*wire) Removed(u id.User, _ membership.Reason) []byte   { return u.Bytes() }
func (*wire) RoleChanged(u id.User, _, _ journal.Role) []byte { return u.Bytes() }
func (*wire) Muted(u id.User, _ time.Time) []byte             { return u.Bytes() }
func (*wire) Updated(r membership.Room) []byte                { return []byte(r.Name) }
func (*wire) Deleted(name string) []byte                      { return []byte(name) }
func (*wire) Invited(i membership.Invitation) []byte          { return i.ID.Bytes() }
func (*wire) Settled(i membership.Invitation) []byte          { return i.ID.Bytes() }

func (w *wire) Announce(_ context.Context, events []journal.Event, mine ...journal.UserEvent) {
	w.events = append(w.events, events...)
	if len(mine) == 0 {
		w.mine = append(w.mine, nil)
	}
	for i := range mine {
		w.mine = append(w.mine, &mine[i])
	}
}

// clumsy is a store whose transactions fail, or are run twice as after a
// conflict with others.
type clumsy struct {
	membership.Store
	err   error
	again bool
}

func (s *clumsy) Update(ctx context.Context, f func(membership.Tx) error) error {
	undo := errors.New("undo")
	if s.again || s.err != nil {
		err := s.Store.Update(ctx, func(tx membership.Tx) error { return errors.Join(f(tx), undo) })
		if s.err != nil {
			return s.err
		}
		if !errors.Is(err, undo) {
			return err
		}
	}
	return s.Store.Update(ctx, f)
}

// now is more precise than what is stored, and in another zone.
func now() time.Time {
	return time.Date(2026, 1, 2, 3, 4, 5, 6789, time.FixedZone("east", 3600))
}

func setup(t *testing.T) (*membership.Rooms, *clumsy, *wire) {
	t.Helper()
	file := sqlitetest.New(t)
	if err := sqlite.Migrate(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	store, w := &clumsy{Store: sqlite.New(file)}, &wire{}
	return &membership.Rooms{Store: store, Wire: w, Now: now}, store, w
}

func user(t *testing.T, s membership.Store) id.User {
	t.Helper()
	u := id.User{UUID: id.New()}
	if err := s.Update(t.Context(), func(tx membership.Tx) error { return tx.CreateUser(t.Context(), u) }); err != nil {
		t.Fatal(err)
	}
	return u
}

func TestNamesAndDescriptionsHaveLimits(t *testing.T) {
	rooms, store, w := setup(t)
	ann := user(t, store)
	long, zero, broken, largest := strings.Repeat("d", membership.MaxDescription+1), "a\x00b", "\xff", strings.Repeat("ü", membership.MaxDescription/2)
	name := strings.Repeat("ü", membership.MaxName/2)
	for _, test := range []struct {
		room membership.Room
		code string
		want string
	}{
		{room: membership.Room{Name: ""}, code: "room_name_invalid"},
		{room: membership.Room{Name: " \t\n\u00a0\u2003"}, code: "room_name_invalid"},
		{room: membership.Room{Name: name + "x"}, code: "room_name_invalid"}, // bytes are counted
		{room: membership.Room{Name: zero}, code: "room_name_invalid"},
		{room: membership.Room{Name: broken}, code: "room_name_invalid"},
		{room: membership.Room{Name: "two\nlines"}, code: "room_name_invalid"},
		{room: membership.Room{Name: "a\u202eb"}, code: "room_name_invalid"}, // turns what follows
		{room: membership.Room{Name: "\u2028a b\u2028c"}, code: "room_name_invalid"},
		{room: membership.Room{Name: "a", Description: &long}, code: "validation_failed"},
		{room: membership.Room{Name: "a", Description: &zero}, code: "validation_failed"},
		{room: membership.Room{Name: "a", Description: &broken}, code: "validation_failed"},
		{room: membership.Room{Name: "a", Description: &largest}, want: "a"},
		{room: membership.Room{Name: name}, want: name},
		{room: membership.Room{Name: "\u2003 in the  middle \n"}, want: "in the  middle"},
	} {
		r, err := rooms.Create(t.Context(), ann, test.room)
		if fault.CodeOf(err) != test.code || r.Name != test.want {
			t.Errorf("%q became %q, %v", test.room.Name, r.Name, err)
		}
		if err != nil && fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q is refused with kind %v", test.room.Name, fault.KindOf(err))
		}
	}
	if len(w.events) != 3 {
		t.Errorf("%d rooms were announced", len(w.events))
	}
}

func TestKeyFoldsASCIIOnly(t *testing.T) {
	if got := membership.Key("AZaz[@`{ ÄÜß İK"); got != "azaz[@`{ ÄÜß İk" {
		t.Errorf("got %q", got)
	}
}

func TestTimesAreUTCAndMicroseconds(t *testing.T) {
	rooms, store, w := setup(t)
	ann := user(t, store)
	r, err := rooms.Create(t.Context(), ann, membership.Room{Name: "hall"})
	want := time.Date(2026, 1, 2, 2, 4, 5, 6000, time.UTC)
	if err != nil || r.CreatedAt != want || w.events[0].At != want || w.mine[0].At != want {
		t.Errorf("made at %v, events at %v and %v, %v", r.CreatedAt, w.events[0].At, w.mine[0].At, err)
	}
}

func TestCallerDoesNotChooseIDOwnerAndTime(t *testing.T) {
	rooms, store, _ := setup(t)
	ann, bob := user(t, store), user(t, store)
	mine := id.Room{UUID: id.New()}
	r, err := rooms.Create(t.Context(), ann, membership.Room{ID: mine, Name: "hall", Owner: bob, CreatedAt: time.Unix(1, 0)})
	if err != nil || r.ID == mine || r.Owner != ann || r.CreatedAt.Year() != 2026 {
		t.Errorf("made %+v, %v", r, err)
	}
}

func TestPagesHaveLimits(t *testing.T) {
	rooms, store, _ := setup(t)
	ann := user(t, store)
	for _, q := range []membership.Query{
		{},
		{Limit: -1},
		{Limit: membership.MaxPage + 1},
		{Limit: 1, Offset: -1},
		{Limit: 1, Search: "a\x00"},
		{Limit: 1, Search: "\xff"},
	} {
		if _, _, _, err := rooms.List(t.Context(), ann, q); fault.CodeOf(err) != "validation_failed" {
			t.Errorf("%+v: %v", q, err)
		}
	}
	if _, _, _, err := rooms.List(t.Context(), ann, membership.Query{Limit: membership.MaxPage}); err != nil {
		t.Error(err)
	}
}

func TestTransactionThatIsRunTwiceCountsOnce(t *testing.T) {
	rooms, store, w := setup(t)
	ann, bob := user(t, store), user(t, store)
	store.again = true
	r, err := rooms.Create(t.Context(), ann, membership.Room{Name: "hall"})
	if err != nil {
		t.Fatal(err)
	}
	if _, m, err := rooms.Join(t.Context(), bob, r.ID); err != nil || m.JoinedSeq != 2 || !m.Active() {
		t.Errorf("joined as %+v, %v", m, err)
	}
	if err := rooms.Leave(t.Context(), bob, r.ID); err != nil {
		t.Error(err)
	}
	for i, e := range w.events {
		if e.Seq != int64(i)+1 || e.Conversation != r.ID.Conversation() {
			t.Errorf("announced %+v", e)
		}
	}
	if len(w.events) != 3 || w.mine[0].Seq != 1 || w.mine[1].Seq != 1 || w.mine[2] != nil {
		t.Errorf("announced %+v, %+v", w.events, w.mine)
	}
	head, err := store.Journal().Head(t.Context(), r.ID.Conversation())
	if err != nil || head.Seq != 3 {
		t.Errorf("head %+v, %v", head, err)
	}
}

func TestNothingIsAnnouncedThatWasNotCommitted(t *testing.T) {
	rooms, store, w := setup(t)
	ann, bob := user(t, store), user(t, store)
	r, err := rooms.Create(t.Context(), ann, membership.Room{Name: "hall"})
	if err != nil {
		t.Fatal(err)
	}
	store.err = errors.New("the disk is full")
	_, err = rooms.Create(t.Context(), ann, membership.Room{Name: "den"})
	_, _, joinErr := rooms.Join(t.Context(), bob, r.ID)
	for _, err := range []error{err, joinErr, rooms.Leave(t.Context(), ann, r.ID)} {
		if !errors.Is(err, store.err) {
			t.Errorf("got %v", err)
		}
	}
	if len(w.events) != 1 {
		t.Errorf("announced %+v", w.events)
	}
}
