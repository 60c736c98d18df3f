package storetest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
	"github.com/lair-chat/lair/services/room/internal/membership"
)

func named(name string) membership.Room { return membership.Room{Name: name} }

func create(t *testing.T, w *world) {
	ann := w.user(t)
	r, err := w.Create(t.Context(), ann, named("hall"))
	if err != nil {
		t.Fatal(err)
	}
	c := r.ID.Conversation()
	head, err := w.Store.Journal().Head(t.Context(), c)
	if diff := cmp.Diff(journal.Head{Conversation: c, Kind: journal.Room, Seq: 1, First: 1}, head); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	list, _, err := w.Members(t.Context(), ann, r.ID, membership.Page{})
	owner := journal.Member{Conversation: c, User: ann, Role: journal.Owner, JoinedAt: r.CreatedAt, JoinedSeq: 1}
	if diff := cmp.Diff([]journal.Member{owner}, list); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	joined := journal.Event{Conversation: c, Seq: 1, At: r.CreatedAt, Actor: ann, Body: w.Wire.Joined(ann, journal.Owner, true)}
	if diff := cmp.Diff([]journal.Event{joined}, w.log(t, r.ID)); diff != "" {
		t.Error(diff)
	}
	added := journal.UserEvent{User: ann, Seq: 1, At: r.CreatedAt, Body: w.Wire.Added(c, 1)}
	mine, _, _, err := w.Store.Journal().UserEvents(t.Context(), ann, 0, 9)
	if diff := cmp.Diff([]journal.UserEvent{added}, mine); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	if diff := cmp.Diff([]journal.Event{joined}, w.events); diff != "" {
		t.Errorf("announced: %s", diff)
	}
	if diff := cmp.Diff([]*journal.UserEvent{&added}, w.mine); diff != "" {
		t.Errorf("announced: %s", diff)
	}
}

// createFails makes a room for a user who is not there, which fails after
// everything else was written.
func createFails(t *testing.T, w *world) {
	ann, nobody := w.user(t), id.User{UUID: id.New()}
	if _, err := w.Create(t.Context(), nobody, named("hall")); err == nil {
		t.Error("nobody made a room")
	}
	rows, err := w.Store.Journal().Memberships(t.Context(), nobody)
	if err != nil || len(rows) != 0 {
		t.Errorf("nobody is in %+v, %v", rows, err)
	}
	if w.announced() != 0 {
		t.Error("what was not committed was announced")
	}
	w.room(t, named("hall"), ann) // the name is still free
}

func asStored(t *testing.T, w *world) {
	ann := w.user(t)
	text, empty := "tea, \"cake\"\nand ☕", ""
	for _, want := range []membership.Room{
		{Name: "plain"},
		{Name: "Größe ☕ % _ \\", Description: &text, Private: true, MaxMembers: 7},
		{Name: "largest", Description: &empty, MaxMembers: 1<<32 - 1},
	} {
		made, err := w.Create(t.Context(), ann, want)
		if err != nil {
			t.Fatal(err)
		}
		want.ID, want.Owner, want.CreatedAt = made.ID, ann, made.CreatedAt
		if diff := cmp.Diff(want, made); diff != "" {
			t.Error(diff)
		}
		got, err := w.Store.Room(t.Context(), made.ID)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v %s", err, diff)
		}
		w.must(t, func(tx membership.Tx) error {
			got, err := tx.Room(t.Context(), made.ID)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("in a transaction: %s", diff)
			}
			return err
		})
	}
	if _, err := w.Store.Room(t.Context(), id.Room{UUID: id.New()}); !errors.Is(err, membership.ErrNotFound) {
		t.Errorf("no room: %v", err)
	}
}

func uniqueNames(t *testing.T, w *world) {
	ann, bob := w.user(t), w.user(t)
	w.room(t, membership.Room{Name: "Hall Ä", Private: true}, ann)
	for _, name := range []string{"Hall Ä", "hALL Ä", "  hall Ä\t"} {
		_, err := w.Create(t.Context(), bob, named(name))
		refused(t, err, "room_name_taken")
	}
	w.room(t, named("hall ä"), bob) // only ASCII letters have a case
	w.room(t, named("hall  Ä"), bob)
	if n := w.announced(); n != 3 {
		t.Errorf("%d rooms were announced", n)
	}
}

func nameRace(t *testing.T, w *world) {
	const n = 12
	people := w.users(t, n)
	errs := make([]error, n)
	var g sync.WaitGroup
	for i, u := range people {
		name := "hall"
		if i%2 == 0 {
			name = strings.ToUpper(name)
		}
		g.Go(func() { _, errs[i] = w.Create(t.Context(), u, named(name)) })
	}
	g.Wait()
	made := 0
	for i, err := range errs {
		rows, readErr := w.Store.Journal().Memberships(t.Context(), people[i])
		if readErr != nil {
			t.Fatal(readErr)
		}
		if err == nil {
			made++
		} else {
			refused(t, err, "room_name_taken")
		}
		if (err == nil) != (len(rows) == 1) {
			t.Errorf("%v, and %d memberships", err, len(rows))
		}
	}
	if _, total, _, err := w.List(t.Context(), people[0], membership.Query{Limit: 9}); made != 1 || total != 1 || err != nil {
		t.Errorf("%d were made, %d are there, %v", made, total, err)
	}
}

func rollback(t *testing.T, w *world) {
	stop := errors.New("stop")
	r := membership.Room{ID: id.Room{UUID: id.New()}, Name: "hall", Owner: w.user(t), CreatedAt: start}
	err := w.Store.Update(t.Context(), func(tx membership.Tx) error {
		if _, err := tx.Create(t.Context(), r.ID.Conversation(), journal.Room); err != nil {
			return err
		}
		if err := tx.InsertRoom(t.Context(), r); err != nil {
			return err
		}
		return fmt.Errorf("on purpose: %w", stop)
	})
	if !errors.Is(err, stop) {
		t.Fatalf("got %v", err)
	}
	if _, err := w.Store.Room(t.Context(), r.ID); !errors.Is(err, membership.ErrNotFound) {
		t.Errorf("the room: %v", err)
	}
	if _, err := w.Store.Journal().Head(t.Context(), r.ID.Conversation()); fault.KindOf(err) != fault.NotFound {
		t.Errorf("its head: %v", err)
	}
}
