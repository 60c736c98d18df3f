package storetest

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
	"github.com/lair-chat/lair/services/room/internal/membership"
)

func leaveRefused(t *testing.T, w *world) {
	ann, bob := w.user(t), w.user(t)
	hall := w.room(t, named("hall"), ann, bob)
	den := w.room(t, membership.Room{Name: "den", Private: true}, ann)
	if err := w.Leave(t.Context(), bob, hall); err != nil {
		t.Fatal(err)
	}
	before := w.announced()
	refused(t, w.Leave(t.Context(), bob, hall), "not_room_member") // not any more
	refused(t, w.Leave(t.Context(), bob, den), "not_room_member")
	refused(t, w.Leave(t.Context(), ann, hall), "last_owner")
	refused(t, w.Leave(t.Context(), ann, id.Room{UUID: id.New()}), "room_not_found")
	if w.announced() != before || len(w.log(t, hall)) != 3 {
		t.Error("a refusal left an event")
	}
}

func ownerLeaves(t *testing.T, w *world) {
	ann, bob := w.user(t), w.user(t)
	hall := w.room(t, named("hall"), ann, bob)
	w.change(t, hall, bob, func(m *journal.Member) { m.Role = journal.Moderator })
	refused(t, w.Leave(t.Context(), ann, hall), "last_owner") // a moderator is none
	w.change(t, hall, bob, func(m *journal.Member) { m.Role = journal.Owner })
	if err := w.Leave(t.Context(), ann, hall); err != nil {
		t.Fatal(err)
	}
	left := w.log(t, hall)[2]
	want := journal.Event{Conversation: hall.Conversation(), Seq: 3, At: left.At, Actor: ann, Body: w.Wire.Left(ann)}
	if diff := cmp.Diff(want, left); diff != "" {
		t.Error(diff)
	}
	if last := len(w.events) - 1; w.events[last].Seq != 3 || w.mine[last] != nil {
		t.Errorf("announced %+v, %+v", w.events[last], w.mine[last])
	}
	// An owner who left counts no more, and comes back as a plain member.
	refused(t, w.Leave(t.Context(), bob, hall), "last_owner")
	w.join(t, ann, hall)
	refused(t, w.Leave(t.Context(), bob, hall), "last_owner")
}

func ownersLeave(t *testing.T, w *world) {
	const n = 6
	owners := w.users(t, n)
	hall := w.room(t, named("hall"), owners[0], owners[1:]...)
	for _, u := range owners {
		w.change(t, hall, u, func(m *journal.Member) { m.Role = journal.Owner })
	}
	errs := make([]error, n)
	var g sync.WaitGroup
	for i, u := range owners {
		g.Go(func() { errs[i] = w.Leave(t.Context(), u, hall) })
	}
	g.Wait()
	stayed := 0
	for _, err := range errs {
		if err != nil {
			refused(t, err, "last_owner")
			stayed++
		}
	}
	if stayed != 1 || w.count(t, hall) != 1 {
		t.Errorf("%d were refused, %d are in it", stayed, w.count(t, hall))
	}
}
