package storetest

import (
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
	"github.com/lair-chat/lair/services/room/internal/membership"
)

// ended ends users, as the auth service does when an account is deleted.
func (w *world) ended(t *testing.T, users ...id.User) {
	t.Helper()
	for _, u := range users {
		w.must(t, func(tx membership.Tx) error { return tx.EndUser(t.Context(), u) })
	}
}

func (w *world) forget(t *testing.T, users ...id.User) {
	t.Helper()
	for _, u := range users {
		if err := w.Forget(t.Context(), u); err != nil {
			t.Fatal(err)
		}
	}
}

// role returns the role of a member, 0 of who is none.
func (w *world) role(t *testing.T, room id.Room, u id.User) journal.Role {
	t.Helper()
	if m := w.row(t, room, u); m.Active() {
		return m.Role
	}
	return 0
}

func departs(t *testing.T, w *world) {
	p := w.users(t, 6)
	ann, bob, cid, dan, eve, old := p[0], p[1], p[2], p[3], p[4], p[5]
	r := membership.Room{Name: "hall"}
	hall := w.room(t, r, ann, old, bob, cid, dan)
	for _, u := range []id.User{dan, cid} { // cid joined before
		w.change(t, hall, u, func(m *journal.Member) { m.Role = journal.Moderator })
	}
	den := w.room(t, named("den"), eve, ann)
	w.ended(t, ann)
	seen := len(w.log(t, hall))
	w.forget(t, ann)
	r.Owner = cid
	want := []string{
		string(w.Wire.RoleChanged(cid, journal.Moderator, journal.Owner)), string(w.Wire.Updated(r)), string(w.Wire.Left(ann)),
	}
	if diff := cmp.Diff(want, w.bodies(t, hall, seen)); diff != "" {
		t.Error(diff)
	}
	if e := w.log(t, hall)[seen]; e.Actor != ann {
		t.Errorf("it was done by %v", e.Actor)
	}
	if got, err := w.Store.Room(t.Context(), hall); err != nil || got.Owner != cid {
		t.Errorf("got %+v, %v", got, err)
	}
	if w.role(t, hall, ann) != 0 || w.role(t, hall, cid) != journal.Owner || w.role(t, den, ann) != 0 {
		t.Error("the members are not as they should be")
	}
	// A plain member just leaves, and a moderator is followed by nobody.
	if diff := cmp.Diff([]string{string(w.Wire.Left(ann))}, w.bodies(t, den, 2)); diff != "" {
		t.Error(diff)
	}
	w.forget(t, ann) // again
	if n := len(w.log(t, hall)); n != seen+3 {
		t.Errorf("again makes %d events", n-seen-3)
	}
	// Without moderators it is the oldest member.
	w.forget(t, dan, cid)
	if w.role(t, hall, old) != journal.Owner || w.role(t, hall, bob) != journal.Plain {
		t.Error("the oldest member is not the owner")
	}
}

// heirs are never users whose accounts are deleted, too.
func heirs(t *testing.T, w *world) {
	p := w.users(t, 3)
	hall := w.room(t, named("hall"), p[0], p[1], p[2])
	w.change(t, hall, p[1], func(m *journal.Member) { m.Role = journal.Owner })
	w.ended(t, p[0], p[1])
	w.forget(t, p[0])
	if got := w.role(t, hall, p[2]); got != journal.Owner {
		t.Errorf("got %v", got)
	}
	w.forget(t, p[1])
	if w.count(t, hall) != 1 {
		t.Errorf("%d members", w.count(t, hall))
	}
}

func lastDeparture(t *testing.T, w *world) {
	p := w.users(t, 2)
	hall := w.room(t, named("hall"), p[0], p[1])
	w.ended(t, p...)
	w.forget(t, p[1])
	want := []string{string(w.Wire.Left(p[1])), string(w.Wire.Deleted("hall"))}
	if diff := cmp.Diff(want, w.bodies(t, hall, 2)); diff != "" {
		t.Error(diff)
	}
	if _, err := w.Store.Room(t.Context(), hall); !errors.Is(err, membership.ErrNotFound) || w.count(t, hall) != 0 {
		t.Errorf("the room is there with %d members, %v", w.count(t, hall), err)
	}
	w.forget(t, p...)
	w.room(t, named("hall"), w.user(t)) // the name is free
}

func departedTraces(t *testing.T, w *world) {
	p := w.users(t, 4)
	ann, bob, cid, dan := p[0], p[1], p[2], p[3]
	hall, den := w.room(t, named("hall"), ann, bob), w.room(t, named("den"), cid)
	by, other := w.invite(t, ann, hall, dan), w.invite(t, cid, den, dan)
	w.invite(t, cid, den, ann)
	if err := w.Ban(t.Context(), cid, den, ann); err != nil { // which cancels the invitation
		t.Fatal(err)
	}
	attic := w.room(t, named("attic"), cid)
	to := w.invite(t, cid, attic, ann)
	for _, pair := range [][2]id.User{{ann, bob}, {bob, ann}, {bob, cid}} {
		if err := w.SetBlock(t.Context(), pair[0], pair[1], true); err != nil {
			t.Fatal(err)
		}
	}
	inDan, inCid, inAnn := len(w.told(t, dan, 0)), len(w.told(t, cid, 0)), len(w.told(t, ann, 0))
	w.ended(t, ann)
	w.forget(t, ann)
	by.Status, to.Status = membership.Cancelled, membership.Cancelled
	if diff := cmp.Diff([]string{string(w.Wire.Settled(by))}, w.told(t, dan, int64(inDan))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{string(w.Wire.Settled(to))}, w.told(t, cid, int64(inCid))); diff != "" {
		t.Error(diff)
	}
	if n := len(w.told(t, ann, 0)); n != inAnn {
		t.Errorf("who is gone was told %d things", n-inAnn)
	}
	if list, _, err := w.Invitations(t.Context(), dan, membership.Page{}); err != nil || len(list) != 1 || list[0].ID != other.ID {
		t.Errorf("got %v, %v", list, err)
	}
	if list, err := w.Store.Bans(t.Context(), den); err != nil || len(list) != 0 {
		t.Errorf("got %v, %v", list, err)
	}
	w.must(t, func(tx membership.Tx) error {
		for pair, want := range map[journal.Block]bool{{By: ann, User: bob}: false, {By: bob, User: ann}: false, {By: bob, User: cid}: true} {
			if got, err := tx.Blocked(t.Context(), pair.By, pair.User); err != nil || got != want {
				t.Errorf("%v: got %v, %v", pair, got, err)
			}
		}
		return nil
	})
}

// endedRefused is what nobody may do any more, or to somebody, whose account is
// deleted.
func endedRefused(t *testing.T, w *world) {
	ann, bob := w.user(t), w.user(t)
	hall := w.room(t, named("hall"), bob)
	i := w.invite(t, bob, hall, ann)
	w.ended(t, ann)
	_, err := w.Create(t.Context(), ann, named("den"))
	refused(t, err, "user_not_found")
	_, _, err = w.Join(t.Context(), ann, hall)
	refused(t, err, "user_not_found")
	_, _, err = w.Accept(t.Context(), ann, i.ID)
	refused(t, err, "user_not_found")
	_, err = w.Invite(t.Context(), bob, w.room(t, named("attic"), bob), ann)
	refused(t, err, "user_not_found")
	refused(t, w.SetBlock(t.Context(), bob, ann, true), "user_not_found")
	refused(t, w.SetBlock(t.Context(), ann, bob, true), "user_not_found")
	refused(t, w.Ban(t.Context(), bob, hall, ann), "user_not_found")
	if w.count(t, hall) != 1 {
		t.Errorf("%d members", w.count(t, hall))
	}
	if err := w.Cancel(t.Context(), bob, i.ID); err != nil { // the other one is just not told
		t.Error(err)
	}
}

// Many copies forget the same users while they still try to come in.
func departureRace(t *testing.T, w *world) {
	p := w.users(t, 6)
	stays := w.user(t)
	halls := []id.Room{w.room(t, named("a"), p[0], p[1], p[2], stays), w.room(t, named("b"), p[3], p[4], stays), w.room(t, named("c"), p[5])}
	var g sync.WaitGroup
	for _, u := range p[:5] {
		g.Go(func() {
			for range 5 {
				for _, r := range halls {
					_, _, _ = w.Join(t.Context(), u, r)
					_ = w.Leave(t.Context(), u, r)
				}
			}
		})
		g.Go(func() { w.ended(t, u) })
	}
	g.Wait()
	for range 3 {
		for _, u := range p[:5] {
			g.Go(func() { w.forget(t, u) })
		}
	}
	g.Wait()
	for _, r := range halls {
		list, err := w.Store.Journal().Members(t.Context(), r.Conversation())
		if err != nil || len(list) != 1 || list[0].Role != journal.Owner || slices.Contains(p[:5], list[0].User) {
			t.Errorf("got %+v, %v", list, err)
		}
		w.log(t, r) // has no holes
	}
}
