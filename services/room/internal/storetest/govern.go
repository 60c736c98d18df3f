package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
	"github.com/lair-chat/lair/services/room/internal/membership"
)

func (w *world) row(t *testing.T, room id.Room, u id.User) journal.Member {
	t.Helper()
	m, _, err := w.Store.Journal().Member(t.Context(), room.Conversation(), u)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// bodies returns what happened in a room after the event.
func (w *world) bodies(t *testing.T, room id.Room, after int) []string {
	t.Helper()
	var list []string
	for _, e := range w.log(t, room)[after:] {
		list = append(list, string(e.Body))
	}
	return list
}

func roles(t *testing.T, w *world) {
	ann, bob, cay := w.user(t), w.user(t), w.user(t)
	hall := w.room(t, named("hall"), ann, bob)
	m, err := w.SetRole(t.Context(), ann, hall, bob, journal.Moderator)
	if err != nil || m.Role != journal.Moderator || m != w.row(t, hall, bob) {
		t.Errorf("%+v, %v", m, err)
	}
	if _, err := w.SetRole(t.Context(), ann, hall, bob, journal.Moderator); err != nil {
		t.Error(err)
	}
	_, err = w.SetRole(t.Context(), ann, hall, ann, journal.Plain)
	refused(t, err, "last_owner")
	_, err = w.SetRole(t.Context(), bob, hall, bob, journal.Owner)
	refused(t, err, "permission_denied")
	_, err = w.SetRole(t.Context(), ann, hall, cay, journal.Owner)
	refused(t, err, "not_room_member")
	_, err = w.SetRole(t.Context(), ann, id.Room{UUID: id.New()}, bob, journal.Owner)
	refused(t, err, "not_room_member")
	_, err = w.SetRole(t.Context(), ann, hall, bob, 0)
	refused(t, err, "validation_failed")
	if _, err := w.SetRole(t.Context(), ann, hall, bob, journal.Owner); err != nil {
		t.Error(err)
	}
	if _, err := w.SetRole(t.Context(), ann, hall, ann, journal.Plain); err != nil { // there is another one
		t.Error(err)
	}
	want := []string{ // and nothing where nothing changed
		string(w.Wire.RoleChanged(bob, journal.Plain, journal.Moderator)),
		string(w.Wire.RoleChanged(bob, journal.Moderator, journal.Owner)),
		string(w.Wire.RoleChanged(ann, journal.Owner, journal.Plain)),
	}
	if diff := cmp.Diff(want, w.bodies(t, hall, 2)); diff != "" {
		t.Error(diff)
	}
}

// lastOwner lets owners take the rank from each other, and from themselves, at
// once: one is left.
func lastOwner(t *testing.T, w *world) {
	people := w.users(t, 4)
	hall := w.room(t, named("hall"), people[0], people[1:]...)
	for _, u := range people {
		w.change(t, hall, u, func(m *journal.Member) { m.Role = journal.Owner })
	}
	var g sync.WaitGroup
	for i, u := range people {
		next := people[(i+1)%len(people)]
		g.Go(func() {
			switch i {
			case 0:
				_, _ = w.SetRole(t.Context(), u, hall, u, journal.Plain)
			case 1:
				_ = w.Kick(t.Context(), u, hall, next)
			case 2:
				_, _ = w.SetRole(t.Context(), u, hall, next, journal.Moderator)
			default:
				_ = w.Leave(t.Context(), u, hall)
			}
		})
	}
	g.Wait()
	list, err := w.Store.Journal().Members(t.Context(), hall.Conversation())
	if err != nil || len(list) == 0 || list[0].Role != journal.Owner {
		t.Errorf("left behind %+v, %v", list, err)
	}
}

func kick(t *testing.T, w *world) {
	ann, bob, cay := w.user(t), w.user(t), w.user(t)
	hall := w.room(t, named("hall"), ann, bob)
	refused(t, w.Kick(t.Context(), ann, hall, ann), "permission_denied")
	refused(t, w.Kick(t.Context(), ann, hall, cay), "not_room_member")
	refused(t, w.Kick(t.Context(), cay, hall, bob), "not_room_member")
	refused(t, w.Kick(t.Context(), bob, hall, ann), "permission_denied")
	if err := w.Kick(t.Context(), ann, hall, bob); err != nil {
		t.Fatal(err)
	}
	refused(t, w.Kick(t.Context(), ann, hall, bob), "not_room_member")
	e := w.log(t, hall)[2]
	if m := w.row(t, hall, bob); m.LeftSeq != 3 || e.Actor != ann || string(e.Body) != string(w.Wire.Removed(bob, membership.Kicked)) {
		t.Errorf("%+v by %s", m, e.Body)
	}
	w.join(t, bob, hall) // a kick is no ban
}

func update(t *testing.T, w *world) {
	ann, bob, cay := w.user(t), w.user(t), w.user(t)
	text := "tea"
	hall := w.room(t, membership.Room{Name: "hall", MaxMembers: 5}, ann, bob, cay)
	made, err := w.Update(t.Context(), ann, hall, membership.Change{Private: new(true)})
	if err != nil {
		t.Fatal(err)
	}
	want := made
	want.Name, want.Description, want.MaxMembers, want.Moderated = "Den", &text, 3, true
	got, err := w.Update(t.Context(), ann, hall, membership.Change{
		Name: new(" Den "), Description: &text, MaxMembers: new(uint32(3)), Moderated: new(true),
	})
	if diff := cmp.Diff(want, got); err != nil || diff != "" || !got.Private {
		t.Errorf("%v %s", err, diff)
	}
	stored, err := w.Store.Room(t.Context(), hall)
	if diff := cmp.Diff(want, stored); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	head, err := w.Store.Journal().Head(t.Context(), hall.Conversation())
	if err != nil || !head.Moderated || head.Seq != 5 {
		t.Errorf("head %+v, %v", head, err)
	}
	if _, err := w.Update(t.Context(), ann, hall, membership.Change{Name: new("Den"), MaxMembers: new(uint32(3))}); err != nil {
		t.Error(err)
	}
	if n := len(w.log(t, hall)); n != 5 {
		t.Errorf("%d events: no change is no event", n)
	}
	w.room(t, named("taken"), ann)
	for code, c := range map[string]membership.Change{
		"validation_failed": {MaxMembers: new(uint32(2))},
		"room_name_taken":   {Name: new("TAKEN")},
		"room_name_invalid": {Name: new(" ")},
	} {
		_, err := w.Update(t.Context(), ann, hall, c)
		refused(t, err, code)
	}
	_, err = w.Update(t.Context(), bob, hall, membership.Change{})
	refused(t, err, "permission_denied")
	_, err = w.Update(t.Context(), w.user(t), hall, membership.Change{})
	refused(t, err, "not_room_member")
	if got, err := w.Update(t.Context(), ann, hall, membership.Change{MaxMembers: new(uint32(0)), Moderated: new(false), Name: new("DEN")}); err != nil || got.MaxMembers != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

func deleteRoom(t *testing.T, w *world) {
	ann, bob, cay, dan := w.user(t), w.user(t), w.user(t), w.user(t)
	hall := w.room(t, named("hall"), ann, bob, cay)
	if err := w.Leave(t.Context(), cay, hall); err != nil {
		t.Fatal(err)
	}
	i, err := w.Invite(t.Context(), ann, hall, dan)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Ban(t.Context(), ann, hall, cay); err != nil {
		t.Fatal(err)
	}
	refused(t, w.Delete(t.Context(), bob, hall), "permission_denied")
	refused(t, w.Delete(t.Context(), cay, hall), "not_room_member")
	if err := w.Delete(t.Context(), ann, hall); err != nil {
		t.Fatal(err)
	}
	refused(t, w.Delete(t.Context(), ann, hall), "room_not_found")
	if diff := cmp.Diff([]string{string(w.Wire.Deleted("hall"))}, w.bodies(t, hall, 4)); diff != "" {
		t.Error(diff)
	}
	for u, left := range map[id.User]int64{ann: 5, bob: 5, cay: 4} { // who had left got no further
		if m := w.row(t, hall, u); m.LeftSeq != left {
			t.Errorf("left with %d, want %d", m.LeftSeq, left)
		}
	}
	head, err := w.Store.Journal().Head(t.Context(), hall.Conversation())
	if err != nil || !head.Deleted {
		t.Errorf("head %+v, %v", head, err)
	}
	if _, err := w.Store.Room(t.Context(), hall); !errors.Is(err, membership.ErrNotFound) {
		t.Errorf("the room: %v", err)
	}
	_, _, err = w.Accept(t.Context(), dan, i.ID)
	refused(t, err, "invitation_not_found")
	_, _, err = w.Join(t.Context(), dan, hall)
	refused(t, err, "room_not_found")
	w.room(t, named("hall"), bob) // the name is free
	if bans, err := w.Store.Bans(t.Context(), hall); err != nil || len(bans) != 0 {
		t.Errorf("bans %v, %v", bans, err)
	}
}

func transfer(t *testing.T, w *world) {
	ann, bob, cay := w.user(t), w.user(t), w.user(t)
	hall := w.room(t, named("hall"), ann, bob, cay)
	_, err := w.Transfer(t.Context(), ann, hall, ann)
	refused(t, err, "validation_failed")
	_, err = w.Transfer(t.Context(), bob, hall, cay)
	refused(t, err, "permission_denied")
	_, err = w.Transfer(t.Context(), ann, hall, w.user(t))
	refused(t, err, "not_room_member")
	r, err := w.Transfer(t.Context(), ann, hall, bob)
	stored, readErr := w.Store.Room(t.Context(), hall)
	if err := errors.Join(err, readErr); err != nil || r.Owner != bob || stored.Owner != bob {
		t.Errorf("%+v, %v", r, err)
	}
	if a, b := w.row(t, hall, ann).Role, w.row(t, hall, bob).Role; a != journal.Moderator || b != journal.Owner {
		t.Errorf("roles %v and %v", a, b)
	}
	if n := len(w.bodies(t, hall, 3)); n != 3 {
		t.Errorf("%d events", n)
	}
	_, err = w.Transfer(t.Context(), ann, hall, cay)
	refused(t, err, "permission_denied")
}

// deleteRace deletes a room while others come, go and rename: whatever wins,
// nobody is in a room that is gone, and nothing follows its last event.
func deleteRace(t *testing.T, w *world) {
	ann := w.user(t)
	people := w.users(t, 6)
	hall := w.room(t, named("hall"), ann)
	var g sync.WaitGroup
	for i, u := range people {
		g.Go(func() { _, _, _ = w.Join(t.Context(), u, hall) })
		g.Go(func() {
			_, err := w.Update(t.Context(), ann, hall, membership.Change{Name: new(fmt.Sprint("hall ", i))})
			if code := fault.CodeOf(err); err != nil && code != "room_not_found" {
				t.Error(err)
			}
		})
	}
	g.Go(func() {
		if err := w.Delete(t.Context(), ann, hall); err != nil {
			t.Error(err)
		}
	})
	g.Wait()
	all := w.log(t, hall)
	if n := w.count(t, hall); n != 0 {
		t.Errorf("%d members of no room", n)
	}
	if m := w.row(t, hall, ann); m.LeftSeq != int64(len(all)) {
		t.Errorf("ann left with %d of %d events", m.LeftSeq, len(all))
	}
}
