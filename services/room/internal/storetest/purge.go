package storetest

import (
	"sync"
	"testing"
	"time"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
	"github.com/lair-chat/lair/services/room/internal/membership"
)

// long makes a room whose log is longer than what is purged at once.
func (w *world) long(t *testing.T, name string, owner, other id.User) id.Room {
	t.Helper()
	room := w.room(t, named(name), owner, other)
	w.must(t, func(tx membership.Tx) error {
		head, err := tx.Lock(t.Context(), room.Conversation())
		for range 450 {
			if err == nil {
				err = tx.Append(t.Context(), head, &journal.Event{At: start, Actor: owner, Body: []byte("x")})
			}
		}
		return err
	})
	return room
}

func (w *world) purge(t *testing.T, before time.Time) {
	t.Helper()
	if err := w.Purge(t.Context(), before); err != nil {
		t.Fatal(err)
	}
}

func purge(t *testing.T, w *world) {
	ann, bob := w.user(t), w.user(t)
	hall, den, attic := w.long(t, "hall", ann, bob), w.room(t, named("den"), ann, bob), w.room(t, named("attic"), ann)
	for _, r := range []id.Room{hall, den} {
		if err := w.Delete(t.Context(), ann, r); err != nil {
			t.Fatal(err)
		}
	}
	log, between := w.log(t, hall), w.Now().Add(-1500*time.Millisecond) // after the one deletion, before the other
	w.purge(t, start)
	if got := w.log(t, hall); len(got) != len(log) {
		t.Errorf("%d of %d events are left before the time", len(got), len(log))
	}
	var g sync.WaitGroup
	for range 3 {
		g.Go(func() { w.purge(t, between) })
	}
	g.Wait()
	w.log(t, den)
	w.log(t, attic)
	events, err := w.Store.Journal().Events(t.Context(), hall.Conversation(), 0, 99)
	if err != nil || len(events) != 0 {
		t.Errorf("%d events are left, %v", len(events), err)
	}
	for _, u := range []id.User{ann, bob} {
		list, err := w.Store.Journal().Memberships(t.Context(), u)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range list {
			if m.Conversation == hall.Conversation() {
				t.Errorf("%v has a place in it", u)
			}
		}
	}
	head, err := w.Store.Journal().Head(t.Context(), hall.Conversation())
	if err != nil || !head.Deleted || head.First != head.Seq+1 || head.Seq != int64(len(log)) {
		t.Errorf("got %+v, %v", head, err)
	}
	_, _, err = w.Join(t.Context(), bob, hall)
	refused(t, err, "room_not_found")
	list, err := w.Store.Journal().Retired(t.Context(), journal.Log, between.Add(time.Hour), 9)
	if err != nil || len(list) != 1 || list[0] != den.Conversation() {
		t.Errorf("still to be done: %v, %v", list, err)
	}
}
