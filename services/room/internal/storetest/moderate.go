package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
	"github.com/lair-chat/lair/services/room/internal/membership"
)

func mute(t *testing.T, w *world) {
	ann, bob := w.user(t), w.user(t)
	hall := w.room(t, named("hall"), ann, bob)
	until := start.Add(time.Hour)
	for range 2 { // the second one changes nothing
		m, err := w.Mute(t.Context(), ann, hall, bob, until)
		if err != nil || m.MutedUntil != until || m != w.row(t, hall, bob) {
			t.Errorf("%+v, %v", m, err)
		}
	}
	if m, err := w.Mute(t.Context(), ann, hall, bob, membership.Forever); err != nil || w.row(t, hall, bob).MutedUntil != m.MutedUntil {
		t.Errorf("%+v, %v", m, err)
	}
	if m, err := w.Mute(t.Context(), ann, hall, bob, time.Time{}); err != nil || !m.MutedUntil.IsZero() || m != w.row(t, hall, bob) {
		t.Errorf("%+v, %v", m, err)
	}
	want := []string{
		string(w.Wire.Muted(bob, until)), string(w.Wire.Muted(bob, membership.Forever)), string(w.Wire.Muted(bob, time.Time{})),
	}
	if diff := cmp.Diff(want, w.bodies(t, hall, 2)); diff != "" {
		t.Error(diff)
	}
	_, err := w.Mute(t.Context(), ann, hall, bob, start)
	refused(t, err, "validation_failed")
	_, err = w.Mute(t.Context(), ann, hall, bob, membership.Forever.Add(time.Hour))
	refused(t, err, "validation_failed")
	_, err = w.Mute(t.Context(), ann, hall, ann, until)
	refused(t, err, "permission_denied")
	_, err = w.Mute(t.Context(), ann, hall, w.user(t), until)
	refused(t, err, "not_room_member")
}

func ban(t *testing.T, w *world) {
	ann, bob, cay := w.user(t), w.user(t), w.user(t)
	hall := w.room(t, named("hall"), ann, bob)
	i := w.invite(t, ann, hall, cay)
	for _, u := range []id.User{bob, cay, bob} { // once more is no change
		if err := w.Ban(t.Context(), ann, hall, u); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{string(w.Wire.Removed(bob, membership.Banned))}, w.bodies(t, hall, 2)); diff != "" {
		t.Error(diff)
	}
	if m := w.row(t, hall, bob); m.LeftSeq != 3 {
		t.Errorf("bob is %+v", m)
	}
	if stored, err := w.Store.Invitation(t.Context(), i.ID); err != nil || stored.Status != membership.Cancelled {
		t.Errorf("%+v, %v", stored, err)
	}
	for _, u := range []id.User{bob, cay} {
		_, _, err := w.Join(t.Context(), u, hall)
		refused(t, err, "user_banned")
		_, err = w.Invite(t.Context(), ann, hall, u)
		refused(t, err, "user_banned")
	}
	list, err := w.Bans(t.Context(), ann, hall)
	if err != nil || len(list) != 2 || list[0].User != cay || list[1].User != bob || list[1].By != ann || !list[0].At.After(list[1].At) {
		t.Errorf("%+v, %v", list, err)
	}
	_, err = w.Bans(t.Context(), bob, hall)
	refused(t, err, "not_room_member")
	refused(t, w.Unban(t.Context(), bob, hall, bob), "not_room_member")
	refused(t, w.Ban(t.Context(), ann, hall, ann), "permission_denied")
	refused(t, w.Ban(t.Context(), ann, hall, id.User{UUID: id.New()}), "user_not_found")
	for range 2 {
		if err := w.Unban(t.Context(), ann, hall, bob); err != nil {
			t.Fatal(err)
		}
	}
	w.join(t, bob, hall)
}

func block(t *testing.T, w *world) {
	ann, bob := w.user(t), w.user(t)
	blocked := func() (yes bool) {
		w.must(t, func(tx membership.Tx) error {
			var err error
			yes, err = tx.Blocked(t.Context(), ann, bob)
			return err
		})
		return yes
	}
	refused(t, w.SetBlock(t.Context(), ann, ann, true), "validation_failed")
	refused(t, w.SetBlock(t.Context(), ann, id.User{UUID: id.New()}, true), "user_not_found")
	for _, want := range []bool{true, true, false} {
		if err := w.SetBlock(t.Context(), ann, bob, want); err != nil || blocked() != want {
			t.Errorf("blocked: %v, %v", !want, err)
		}
		// The second time they have talked.
		w.must(t, func(tx membership.Tx) error {
			_, err := tx.Create(t.Context(), id.Direct(ann, bob), journal.Direct)
			return err
		})
	}
}
