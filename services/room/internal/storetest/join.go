package storetest

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
	"github.com/lair-chat/lair/services/room/internal/membership"
)

func join(t *testing.T, w *world) {
	ann, bob := w.user(t), w.user(t)
	hall := w.room(t, named("hall"), ann)
	c := hall.Conversation()
	r, m, err := w.Join(t.Context(), bob, hall)
	if err != nil || r.ID != hall || r.Name != "hall" || r.Owner != ann {
		t.Fatalf("joined %+v, %v", r, err)
	}
	want := journal.Member{Conversation: c, User: bob, Role: journal.Plain, JoinedAt: m.JoinedAt, JoinedSeq: 2}
	if diff := cmp.Diff(want, m); diff != "" {
		t.Error(diff)
	}
	stored, _, err := w.Store.Journal().Member(t.Context(), c, bob)
	if diff := cmp.Diff(want, stored); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	joined := journal.Event{Conversation: c, Seq: 2, At: m.JoinedAt, Actor: bob, Body: w.Wire.Joined(bob, journal.Plain, false)}
	if diff := cmp.Diff(joined, w.log(t, hall)[1]); diff != "" {
		t.Error(diff)
	}
	mine, head, _, err := w.Store.Journal().UserEvents(t.Context(), bob, 0, 9)
	added := journal.UserEvent{User: bob, Seq: 1, At: m.JoinedAt, Body: w.Wire.Added(c, 2)}
	if diff := cmp.Diff([]journal.UserEvent{added}, mine); err != nil || head != 1 || diff != "" {
		t.Errorf("head %d, %v %s", head, err, diff)
	}
	if diff := cmp.Diff(&added, w.mine[1]); diff != "" || w.events[1].Seq != 2 {
		t.Errorf("announced %+v: %s", w.events[1], diff)
	}
}

func joinRefused(t *testing.T, w *world) {
	ann, bob := w.user(t), w.user(t)
	hall := w.room(t, named("hall"), ann)
	den := w.room(t, membership.Room{Name: "den", Private: true}, ann)
	tiny := w.room(t, membership.Room{Name: "tiny", MaxMembers: 1}, ann)
	gone := w.room(t, named("gone"), ann)
	direct := id.Room(id.Direct(ann, bob))
	w.must(t, func(tx membership.Tx) error {
		if _, err := tx.Create(t.Context(), direct.Conversation(), journal.Direct); err != nil {
			return err
		}
		h, err := tx.Lock(t.Context(), gone.Conversation())
		if err != nil {
			return err
		}
		h.Deleted = true
		return tx.SetHead(t.Context(), h)
	})
	before := w.announced()
	for _, test := range []struct {
		u    id.User
		room id.Room
		code string
	}{
		{ann, hall, "already_member"},
		{ann, den, "already_member"},
		{ann, tiny, "already_member"}, // rather than full
		{bob, den, "room_private"},
		{bob, tiny, "room_full"},
		{bob, id.Room{UUID: id.New()}, "room_not_found"},
		{bob, gone, "room_not_found"},
		{bob, direct, "room_not_found"},
	} {
		_, _, err := w.Join(t.Context(), test.u, test.room)
		refused(t, err, test.code)
	}
	rows, err := w.Store.Journal().Memberships(t.Context(), bob)
	if err != nil || len(rows) != 0 || w.announced() != before || len(w.log(t, tiny)) != 1 {
		t.Errorf("refusals left %+v, %v", rows, err)
	}
}

func capacity(t *testing.T, w *world) {
	const places, n = 4, 16
	people := w.users(t, n)
	hall := w.room(t, membership.Room{Name: "hall", MaxMembers: places}, w.user(t))
	errs := make([]error, n)
	var g sync.WaitGroup
	for i, u := range people {
		g.Go(func() { _, _, errs[i] = w.Join(t.Context(), u, hall) })
	}
	g.Wait()
	joined := 0
	for _, err := range errs {
		if err == nil {
			joined++
		} else {
			refused(t, err, "room_full")
		}
	}
	if joined != places-1 || w.count(t, hall) != places || len(w.log(t, hall)) != places {
		t.Errorf("%d joined, %d are in it, %d events", joined, w.count(t, hall), len(w.log(t, hall)))
	}
	// A place that was left is free again, for one.
	left := slices.Index(errs, nil)
	if err := w.Leave(t.Context(), people[left], hall); err != nil {
		t.Fatal(err)
	}
	w.join(t, people[left], hall)
	_, _, err := w.Join(t.Context(), w.user(t), hall)
	refused(t, err, "room_full")
}

func joinTwice(t *testing.T, w *world) {
	bob := w.user(t)
	hall := w.room(t, named("hall"), w.user(t))
	errs := make([]error, 6)
	var g sync.WaitGroup
	for i := range errs {
		g.Go(func() { _, _, errs[i] = w.Join(t.Context(), bob, hall) })
	}
	g.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else {
			refused(t, err, "already_member")
		}
	}
	if won != 1 || len(w.log(t, hall)) != 2 {
		t.Errorf("%d joins, %d events", won, len(w.log(t, hall)))
	}
}

func rejoin(t *testing.T, w *world) {
	bob := w.user(t)
	hall := w.room(t, named("hall"), w.user(t), bob)
	until := start.Add(time.Hour)
	w.change(t, hall, bob, func(m *journal.Member) { m.Role, m.MutedUntil = journal.Moderator, until })
	if err := w.Leave(t.Context(), bob, hall); err != nil {
		t.Fatal(err)
	}
	gone, _, err := w.Store.Journal().Member(t.Context(), hall.Conversation(), bob)
	if err != nil || gone.Active() || gone.LeftSeq != 3 {
		t.Errorf("left as %+v, %v", gone, err)
	}
	m := w.join(t, bob, hall)
	// Neither the rank nor the time of before comes back, but the mute stays.
	want := journal.Member{
		Conversation: hall.Conversation(), User: bob, Role: journal.Plain,
		JoinedAt: m.JoinedAt, JoinedSeq: 4, MutedUntil: until,
	}
	if diff := cmp.Diff(want, m); diff != "" || !m.JoinedAt.After(gone.JoinedAt) {
		t.Errorf("answered at %v: %s", m.JoinedAt, diff)
	}
	stored, _, err := w.Store.Journal().Member(t.Context(), hall.Conversation(), bob)
	if diff := cmp.Diff(want, stored); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	if n := w.count(t, hall); n != 2 {
		t.Errorf("%d members", n)
	}
}

// noHoles lets many come and go at once.
func noHoles(t *testing.T, w *world) {
	const n, rounds = 6, 4
	people := w.users(t, n)
	hall := w.room(t, named("hall"), w.user(t))
	var g sync.WaitGroup
	for _, u := range people {
		g.Go(func() {
			for range rounds {
				if _, _, err := w.Join(t.Context(), u, hall); err != nil {
					t.Error(err)
				}
				if err := w.Leave(t.Context(), u, hall); err != nil {
					t.Error(err)
				}
			}
		})
	}
	g.Wait()
	events := w.log(t, hall)
	if len(events) != 1+2*n*rounds || w.announced() != len(events) {
		t.Errorf("%d events, %d announced", len(events), w.announced())
	}
	seen := make(map[string]int)
	for _, e := range events {
		seen[string(e.Body)]++
	}
	for _, u := range people {
		mine, head, _, err := w.Store.Journal().UserEvents(t.Context(), u, 0, 99)
		if err != nil || head != rounds || len(mine) != rounds || mine[rounds-1].Seq != rounds {
			t.Errorf("user events %v up to %d, %v", mine, head, err)
		}
		if seen[fmt.Sprint(u, " left")] != rounds {
			t.Errorf("%v left %d times", u, seen[fmt.Sprint(u, " left")])
		}
	}
}
