package storetest

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
	"github.com/lair-chat/lair/services/room/internal/membership"
)

func (w *world) invite(t *testing.T, by id.User, room id.Room, u id.User) membership.Invitation {
	t.Helper()
	i, err := w.Invite(t.Context(), by, room, u)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// told returns the events in the sequence of a user after the first n.
func (w *world) told(t *testing.T, u id.User, n int64) []string {
	t.Helper()
	events, head, _, err := w.Store.Journal().UserEvents(t.Context(), u, n, 99)
	if err != nil || head != n+int64(len(events)) {
		t.Fatalf("head %d, %v", head, err)
	}
	list := make([]string, 0, len(events))
	for _, e := range events {
		list = append(list, string(e.Body))
	}
	return list
}

func invite(t *testing.T, w *world) {
	ann, bob := w.user(t), w.user(t)
	den := w.room(t, membership.Room{Name: "den", Private: true}, ann)
	i := w.invite(t, ann, den, bob)
	want := membership.Invitation{
		ID: i.ID, Room: den, RoomName: "den", Inviter: ann, Invitee: bob, Status: membership.Pending,
		CreatedAt: i.CreatedAt, ExpiresAt: i.CreatedAt.Add(7 * 24 * time.Hour),
	}
	if diff := cmp.Diff(want, i); diff != "" {
		t.Error(diff)
	}
	stored, err := w.Store.Invitation(t.Context(), i.ID)
	if diff := cmp.Diff(want, stored); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	list, _, err := w.Invitations(t.Context(), bob, membership.Page{})
	if diff := cmp.Diff([]membership.Invitation{want}, list); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	if diff := cmp.Diff([]string{string(w.Wire.Invited(i))}, w.told(t, bob, 0)); diff != "" {
		t.Error(diff)
	}
	if n := len(w.log(t, den)); n != 1 {
		t.Errorf("%d events: the room hears nothing of it", n)
	}
	// It opens the door.
	if v, err := w.Get(t.Context(), bob, den); err != nil || v.Member.Active() {
		t.Errorf("%+v, %v", v, err)
	}
	r, m, err := w.Accept(t.Context(), bob, i.ID)
	if err != nil || r.ID != den || m.User != bob || m.Role != journal.Plain || m != w.row(t, den, bob) {
		t.Fatalf("%+v %+v, %v", r, m, err)
	}
	want.Status, want.RespondedAt = membership.Accepted, m.JoinedAt
	stored, err = w.Store.Invitation(t.Context(), i.ID)
	if diff := cmp.Diff(want, stored); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	settled := string(w.Wire.Settled(want))
	if diff := cmp.Diff([]string{string(w.Wire.Added(den.Conversation(), 2)), settled}, w.told(t, bob, 1)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{settled}, w.told(t, ann, 1)); diff != "" {
		t.Error(diff)
	}
	if list, _, err := w.Invitations(t.Context(), bob, membership.Page{}); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
}

func inviteRefused(t *testing.T, w *world) {
	ann, bob, cay, dan := w.user(t), w.user(t), w.user(t), w.user(t)
	hall := w.room(t, named("hall"), ann, bob)
	w.invite(t, ann, hall, cay)
	if err := w.SetBlock(t.Context(), dan, ann, true); err != nil {
		t.Fatal(err)
	}
	before := w.announced()
	for _, test := range []struct {
		by   id.User
		room id.Room
		u    id.User
		code string
	}{
		{ann, id.Room{UUID: id.New()}, cay, "not_room_member"},
		{cay, hall, dan, "not_room_member"},
		{bob, hall, dan, "permission_denied"},
		{ann, hall, id.User{UUID: id.New()}, "user_not_found"},
		{ann, hall, bob, "already_member"},
		{ann, hall, ann, "already_member"},
		{ann, hall, cay, "already_invited"},
		{ann, hall, dan, "user_blocked"},
	} {
		_, err := w.Invite(t.Context(), test.by, test.room, test.u)
		refused(t, err, test.code)
	}
	if w.announced() != before || len(w.told(t, dan, 0)) != 0 {
		t.Error("a refusal was told")
	}
}

func inviteRace(t *testing.T, w *world) {
	ann, bob := w.user(t), w.user(t)
	hall := w.room(t, named("hall"), ann)
	errs := make([]error, 6)
	var g sync.WaitGroup
	for n := range errs {
		g.Go(func() { _, errs[n] = w.Invite(t.Context(), ann, hall, bob) })
	}
	g.Wait()
	made := 0
	for _, err := range errs {
		if err == nil {
			made++
		} else {
			refused(t, err, "already_invited")
		}
	}
	if made != 1 || len(w.told(t, bob, 0)) != 1 {
		t.Errorf("%d invitations", made)
	}
}

func decline(t *testing.T, w *world) {
	ann, bob, cay := w.user(t), w.user(t), w.user(t)
	den := w.room(t, membership.Room{Name: "den", Private: true}, ann)
	i := w.invite(t, ann, den, bob)
	refused(t, w.Decline(t.Context(), cay, i.ID), "not_invitee")
	_, _, err := w.Accept(t.Context(), ann, i.ID)
	refused(t, err, "not_invitee")
	refused(t, w.Decline(t.Context(), bob, id.Invitation{UUID: id.New()}), "invitation_not_found")
	refused(t, w.Cancel(t.Context(), bob, i.ID), "permission_denied")
	if err := w.Decline(t.Context(), bob, i.ID); err != nil {
		t.Fatal(err)
	}
	refused(t, w.Decline(t.Context(), bob, i.ID), "invitation_expired")
	refused(t, w.Cancel(t.Context(), ann, i.ID), "invitation_expired")
	_, _, err = w.Accept(t.Context(), bob, i.ID)
	refused(t, err, "invitation_expired")
	_, _, err = w.Join(t.Context(), bob, den)
	refused(t, err, "room_private")
	again := w.invite(t, ann, den, bob) // another one may follow
	if err := w.Cancel(t.Context(), ann, again.ID); err != nil {
		t.Fatal(err)
	}
	_, err = w.Get(t.Context(), bob, den)
	refused(t, err, "room_not_found")
	if n := len(w.told(t, bob, 0)); n != 4 {
		t.Errorf("bob was told %d times", n)
	}
	if n := len(w.told(t, ann, 1)); n != 2 {
		t.Errorf("ann was told %d times", n)
	}
}

// joinInvited comes in by the door although an invitation is there.
func joinInvited(t *testing.T, w *world) {
	ann, bob, cay := w.user(t), w.user(t), w.user(t)
	den := w.room(t, membership.Room{Name: "den", Private: true, MaxMembers: 2}, ann)
	i, other := w.invite(t, ann, den, bob), w.invite(t, ann, den, cay)
	w.join(t, bob, den)
	if stored, err := w.Store.Invitation(t.Context(), i.ID); err != nil || stored.Status != membership.Accepted {
		t.Errorf("%+v, %v", stored, err)
	}
	_, _, err := w.Accept(t.Context(), cay, other.ID)
	refused(t, err, "room_full")
	if stored, err := w.Store.Invitation(t.Context(), other.ID); err != nil || stored.Status != membership.Pending {
		t.Errorf("%+v, %v", stored, err)
	}
	if err := w.Leave(t.Context(), bob, den); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.Accept(t.Context(), cay, other.ID); err != nil {
		t.Error(err)
	}
}

func expired(t *testing.T, w *world) {
	ann, bob := w.user(t), w.user(t)
	den := w.room(t, membership.Room{Name: "den", Private: true}, ann)
	i := w.invite(t, ann, den, bob)
	now := w.Now
	w.Now = func() time.Time { return now().Add(7 * 24 * time.Hour) }
	_, _, err := w.Accept(t.Context(), bob, i.ID)
	refused(t, err, "invitation_expired")
	_, _, err = w.Join(t.Context(), bob, den)
	refused(t, err, "room_private")
	_, err = w.Get(t.Context(), bob, den)
	refused(t, err, "room_not_found")
	if list, _, err := w.Invitations(t.Context(), bob, membership.Page{}); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
	again := w.invite(t, ann, den, bob)
	old, err1 := w.Store.Invitation(t.Context(), i.ID)
	list, _, err2 := w.Invitations(t.Context(), bob, membership.Page{})
	if err := errors.Join(err1, err2); err != nil || old.Status != membership.Expired || len(list) != 1 || list[0].ID != again.ID {
		t.Errorf("%+v, %+v, %v", old, list, err)
	}
}

func newestFirst(t *testing.T, w *world) {
	ann, bob := w.user(t), w.user(t)
	var want []string
	for _, name := range []string{"a", "b", "c"} {
		w.invite(t, ann, w.room(t, named(name), ann), bob)
		want = append([]string{name}, want...)
	}
	for p, n := range map[membership.Page]int{{}: 3, {Limit: 2}: 2, {Offset: 2}: 1} {
		list, more, err := w.Invitations(t.Context(), bob, p)
		var got []string
		for _, i := range list {
			got = append(got, i.RoomName)
		}
		if diff := cmp.Diff(want[p.Offset:p.Offset+n], got); err != nil || diff != "" || more != (p.Limit == 2) {
			t.Errorf("%+v: %v %v %s", p, more, err, diff)
		}
	}
}

func invitationsTo(t *testing.T, w *world) {
	ann, bob, cay := w.user(t), w.user(t), w.user(t)
	hall, den := w.room(t, named("hall"), ann, cay), w.room(t, membership.Room{Name: "den", Private: true}, ann)
	first, second := w.invite(t, ann, hall, bob), w.invite(t, ann, hall, w.user(t))
	w.invite(t, ann, den, bob)
	gone := w.invite(t, ann, hall, w.user(t))
	if err := w.Cancel(t.Context(), ann, gone.ID); err != nil {
		t.Fatal(err)
	}
	list, more, err := w.InvitationsTo(t.Context(), ann, hall, membership.Page{})
	if diff := cmp.Diff([]membership.Invitation{second, first}, list); err != nil || more || diff != "" {
		t.Errorf("%v %v %s", more, err, diff)
	}
	list, more, err = w.InvitationsTo(t.Context(), ann, hall, membership.Page{Limit: 1})
	if diff := cmp.Diff([]membership.Invitation{second}, list); err != nil || !more || diff != "" {
		t.Errorf("%v %v %s", more, err, diff)
	}
	_, _, err = w.InvitationsTo(t.Context(), cay, hall, membership.Page{})
	refused(t, err, "permission_denied")
	_, _, err = w.InvitationsTo(t.Context(), cay, den, membership.Page{})
	refused(t, err, "room_not_found")
	_, _, err = w.InvitationsTo(t.Context(), ann, hall, membership.Page{Limit: 1001})
	refused(t, err, "validation_failed")
}
