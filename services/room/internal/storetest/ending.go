package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/room/internal/membership"
)

// cancelledByEnd ends rooms in every way that there is: who was invited is told,
// and has nothing in the list any more.
func cancelledByEnd(t *testing.T, w *world) {
	for name, end := range map[string]func(ctx context.Context, owner id.User, room id.Room) error{
		"by its owner": w.Delete,
		"by who runs the system": func(ctx context.Context, _ id.User, room id.Room) error {
			return w.Remove(ctx, w.user(t), room)
		},
		"with its last member": func(ctx context.Context, owner id.User, _ id.Room) error {
			w.ended(t, owner)
			return w.Forget(ctx, owner)
		},
	} {
		ann, bob, cay, dan := w.user(t), w.user(t), w.user(t), w.user(t)
		hall, den := w.room(t, named("hall of "+name), ann), w.room(t, named("den of "+name), dan)
		first, second, other := w.invite(t, ann, hall, bob), w.invite(t, ann, hall, cay), w.invite(t, dan, den, bob)
		if err := w.Decline(t.Context(), cay, second.ID); err != nil {
			t.Fatal(err)
		}
		if err := end(t.Context(), ann, hall); err != nil {
			t.Fatal(name, err)
		}
		first.Status, second.Status = membership.Cancelled, membership.Declined
		if diff := cmp.Diff([]string{string(w.Wire.Settled(first))}, w.told(t, bob, 2)); diff != "" {
			t.Errorf("%s: who was invited is told\n%s", name, diff)
		}
		if diff := cmp.Diff([]string{string(w.Wire.Settled(second))}, w.told(t, cay, 1)); diff != "" {
			t.Errorf("%s: who had declined is told\n%s", name, diff)
		}
		list, _, err := w.Invitations(t.Context(), bob, membership.Page{})
		if err != nil || len(list) != 1 || list[0].ID != other.ID {
			t.Errorf("%s: the list has %+v, %v", name, list, err)
		}
		refused(t, w.Decline(t.Context(), bob, first.ID), "invitation_not_found")
	}
}

// lapsedByEnd ends a room that invited somebody too long ago.
func lapsedByEnd(t *testing.T, w *world) {
	ann, bob := w.user(t), w.user(t)
	hall := w.room(t, named("hall"), ann)
	i := w.invite(t, ann, hall, bob)
	late := *w.Rooms
	late.Now = func() time.Time { return i.ExpiresAt }
	if err := late.Delete(t.Context(), ann, hall); err != nil {
		t.Fatal(err)
	}
	i.Status = membership.Expired
	if diff := cmp.Diff([]string{string(w.Wire.Settled(i))}, w.told(t, bob, 1)); diff != "" {
		t.Error(diff)
	}
}
