package e2e

import (
	"testing"

	lair "github.com/lair-chat/lair/clients/go"
	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/lair/internal/cluster"
)

// What is left of people who delete their accounts. The scenarios share one
// system.
func TestDeletedAccounts(t *testing.T) {
	everywhere(t, func(t *testing.T, s *system) {
		for _, scenario := range []struct {
			name string
			run  func(*testing.T, *system)
		}{
			{"OwnerWhoIsGoneHasAnHeir", ownerWhoIsGoneHasAnHeir},
			{"WhoIsGoneGetsNoMessages", whoIsGoneGetsNoMessages},
			{"RoomOfWhoIsGoneIsGone", roomOfWhoIsGoneIsGone},
		} {
			t.Run(scenario.name, func(t *testing.T) { scenario.run(t, s) })
		}
	})
}

// deletesAccount deletes one's account.
func (p *person) deletesAccount(t *testing.T) {
	t.Helper()
	p.done(t, "DELETE", "users/me", map[string]string{"password": password}, nil)
}

// inherits waits until the heir of a room and the departure are heard, in that
// order.
func (l *link) inherits(hall id.Room, from, heir id.User) {
	l.test.Helper()
	changed := event[clientv1.MemberRoleChanged](l)
	if changed.RoomID != hall || changed.UserID != heir || changed.NewRole != "owner" || changed.ChangedBy != from {
		l.test.Errorf("got %+v", changed)
	}
	if now := event[clientv1.RoomUpdated](l); now.Room.ID != hall || now.Room.Owner != heir {
		l.test.Errorf("got %+v", now)
	}
	left := event[clientv1.UserLeftRoom](l)
	if left.RoomID != hall || left.UserID != from || left.Reason != "left" || left.Seq <= changed.Seq {
		l.test.Errorf("got %+v", left)
	}
}

func ownerWhoIsGoneHasAnHeir(t *testing.T, s *system) {
	ann, bob, cay := register(t, s.first(), "ann"), register(t, s.last(), "bob"), register(t, s.first(), "cay")
	hall := room(t, ann, cay, bob)
	ann.done(t, "PUT", "rooms/"+hall.String()+"/members/"+bob.ID.String()+"/role", map[string]string{"role": "moderator"}, nil)
	b, c := bob.ws(t), cay.tcp(t)
	b.say(clientv1.ToRoom(hall), "follows")
	c.say(clientv1.ToRoom(hall), "follows, too")
	ann.deletesAccount(t)
	b.inherits(hall, ann.ID, bob.ID)
	c.inherits(hall, ann.ID, bob.ID)
	// The heir can do what owners do.
	bob.done(t, "DELETE", "rooms/"+hall.String(), nil, nil)
}

func whoIsGoneGetsNoMessages(t *testing.T, s *system) {
	ann, bob, cay := register(t, s.first(), "ann"), register(t, s.last(), "bob"), register(t, s.last(), "cay")
	a := ann.ws(t)
	a.say(clientv1.ToUser(bob.ID), "one")
	bob.deletesAccount(t)
	for _, p := range []*person{ann, cay} { // who has talked to bob, and who has not
		_, err := p.Send(soon(t), lair.Draft{Target: clientv1.ToUser(bob.ID), Content: "two"})
		if lair.Code(err) != "user_not_found" {
			t.Errorf("got %v", err)
		}
	}
	page, err := ann.Messages(soon(t), lair.MessagesQuery{Target: clientv1.ToUser(bob.ID)})
	must(t, err)
	if len(page.Messages) != 1 || page.Messages[0].Content != "one" {
		t.Errorf("got %+v", page.Messages)
	}
	again, err := lair.New(s.first().HTTP, lair.APIOptions{})
	must(t, err)
	_, err = again.Register(soon(t), bob.Username, "another@example.com", password)
	if lair.Code(err) != "username_taken" {
		t.Errorf("the name is taken by another one: %v", err)
	}
}

func roomOfWhoIsGoneIsGone(t *testing.T, s *system) {
	ann, bob := register(t, s.first(), "ann"), register(t, s.last(), "bob")
	hall, den := room(t, ann), room(t, bob)
	bob.done(t, "POST", "invitations", map[string]string{"room_id": den.String(), "user_id": ann.ID.String()}, nil)
	b := bob.ws(t)
	b.say(clientv1.ToRoom(den), "follows")
	ann.deletesAccount(t)
	if got := event[clientv1.InvitationEvent](b); got.Type != clientv1.TypeInvitationChanged || got.Invitation.Status != "cancelled" {
		t.Errorf("got %+v", got)
	}
	// Rooms come before invitations.
	if status, code := bob.call(t, "GET", "rooms/"+hall.String(), nil, nil); code != "room_not_found" {
		t.Errorf("the room is there: %d %s", status, code)
	}
}

// The room service is dead while an account is deleted, and again when it has
// just begun to hear of it.
func TestDepartureSurvivesSIGKILL(t *testing.T) {
	s := begin(t, cluster.Many)
	ann, bob := register(t, s.first(), "ann"), register(t, s.last(), "bob")
	halls := make([]id.Room, 5)
	for i := range halls {
		halls[i] = room(t, ann, bob)
	}
	b := bob.ws(t)
	b.say(clientv1.ToRoom(halls[0]), "follows")
	rooms := s.Program("room")
	rooms.Kill()
	ann.deletesAccount(t)
	must(t, rooms.Run(t.Context()))
	first := event[clientv1.MemberRoleChanged](b)
	crash(t, rooms)
	heard := map[id.Room]bool{first.RoomID: true}
	for left := 0; left < len(halls); {
		e, err := b.Next(soon(t))
		must(t, err)
		v, err := e.Decode()
		must(t, err)
		switch v := v.(type) {
		case *clientv1.MemberRoleChanged:
			if heard[v.RoomID] || v.UserID != bob.ID {
				t.Errorf("got %+v", v)
			}
			heard[v.RoomID] = true
		case *clientv1.UserLeftRoom:
			left++
		}
	}
	for _, hall := range halls {
		list, err := bob.Members(soon(t), hall)
		must(t, err)
		if len(list.Members) != 1 || list.Members[0].Role != "owner" {
			t.Errorf("got %+v", list.Members)
		}
	}
}
