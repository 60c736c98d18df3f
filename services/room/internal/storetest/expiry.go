package storetest

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lair-chat/lair/services/room/internal/membership"
)

const day = 24 * time.Hour

func (w *world) later(d time.Duration) *membership.Rooms {
	now := w.Now
	return &membership.Rooms{Store: w.Store, Wire: w.Wire, Now: func() time.Time { return now().Add(d) }}
}

func purgeInvitations(t *testing.T, w *world) {
	ann, bob, cid := w.user(t), w.user(t), w.user(t)
	hall := w.room(t, named("hall"), ann)
	declined := w.invite(t, ann, hall, cid)
	if err := w.Decline(t.Context(), cid, declined.ID); err != nil {
		t.Fatal(err)
	}
	i := w.invite(t, ann, hall, bob)
	toAnn, toBob := int64(len(w.told(t, ann, 0))), int64(len(w.told(t, bob, 0)))
	status := func(of membership.Invitation) membership.Status {
		t.Helper()
		found, err := w.Store.Invitation(t.Context(), of.ID)
		if err != nil && !errors.Is(err, membership.ErrNoInvitation) {
			t.Fatal(err)
		}
		return found.Status // 0 of none
	}
	for _, c := range []struct {
		after               time.Duration
		pending, settledOne membership.Status
	}{
		{6 * day, membership.Pending, membership.Declined},
		{8 * day, membership.Expired, membership.Declined},
		{91 * day, membership.Expired, 0}, // it expired 8 days later
		{99 * day, 0, 0},
	} {
		var g sync.WaitGroup
		for range 3 {
			g.Go(func() {
				if err := w.later(c.after).PurgeInvitations(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		g.Wait()
		if a, b := status(i), status(declined); a != c.pending || b != c.settledOne {
			t.Errorf("after %v: %v and %v", c.after, a, b)
		}
	}
	i.Status = membership.Expired
	want := []string{string(w.Wire.Settled(i))}
	if diff := cmp.Diff(want, w.told(t, ann, toAnn)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want, w.told(t, bob, toBob)); diff != "" {
		t.Error(diff)
	}
}

// What is left of one round is done in the next.
func purgeInvitationsInParts(t *testing.T, w *world) {
	const n, batch = 5, 2
	ann := w.user(t)
	hall := w.room(t, named("hall"), ann)
	for _, u := range w.users(t, n) {
		if err := w.Decline(t.Context(), u, w.invite(t, ann, hall, u).ID); err != nil {
			t.Fatal(err)
		}
	}
	pending := w.invite(t, ann, hall, w.user(t))
	for _, want := range []int64{2, 2, 1, 0} {
		w.must(t, func(tx membership.Tx) error {
			got, err := tx.PurgeInvitations(t.Context(), start.Add(day), batch)
			if got != want {
				t.Errorf("%d are gone, want %d", got, want)
			}
			return err
		})
	}
	if _, err := w.Store.Invitation(t.Context(), pending.ID); err != nil {
		t.Error(err)
	}
	list, err := w.Store.ExpiredInvitations(t.Context(), pending.ExpiresAt, 1)
	if err != nil || len(list) != 1 || list[0].ID != pending.ID {
		t.Errorf("got %v, %v", list, err)
	}
}
