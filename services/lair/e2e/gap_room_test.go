package e2e

import (
	"context"
	"net/http"
	"testing"

	lair "github.com/lair-chat/lair/clients/go"
	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// What Lair Chat 0.8 got wrong with rooms that end, and with those who leave.
func TestKnownGapsOfOldRoomsAreClosed(t *testing.T) {
	everywhere(t, func(t *testing.T, s *system) {
		for _, scenario := range []struct {
			name string
			run  func(*testing.T, *system)
		}{
			{"EndOfARoomCancelsItsInvitations", endCancelsInvitations},
			{"HistoryOfADeletedRoomIsUnreadable", deletedHistoryIsUnreadable},
			{"WhoLeavesAnOldClientHears", leaverHears},
		} {
			t.Run(scenario.name, func(t *testing.T) { scenario.run(t, s) })
		}
	})
}

func (p *person) invites(t *testing.T, room id.Room, u *person) id.Invitation {
	t.Helper()
	var made clientv1.InvitationBody
	p.done(t, http.MethodPost, "invitations", clientv1.InviteBody{RoomID: new(room.String()), UserID: new(u.ID.String())}, &made)
	return made.Invitation.ID
}

// Rooms end by their owner, by an administrator, and with the account of the last
// member. An old client hears nothing of invitations that end.
func endCancelsInvitations(t *testing.T, s *system) {
	root, bob := register(t, s.first(), "root"), register(t, s.last(), "bob")
	s.promote(t, root)
	b := bob.ws(t)
	old, err := lair.Dial(soon(t), lair.Options{Address: bob.gateway.TCP, Token: bob.Token(), Features: []string{}})
	must(t, err)
	t.Cleanup(func() { must(t, old.Close(context.Background())) })
	for _, end := range []func(owner *person, room id.Room){
		func(owner *person, room id.Room) { owner.done(t, http.MethodDelete, "rooms/"+room.String(), nil, nil) },
		func(_ *person, room id.Room) { root.done(t, http.MethodDelete, "admin/rooms/"+room.String(), nil, nil) },
		func(owner *person, _ id.Room) { owner.deletesAccount(t) },
	} {
		ann := register(t, s.first(), "ann")
		hall := room(t, ann)
		i := ann.invites(t, hall, bob)
		for _, want := range []string{"pending", "cancelled"} {
			if want == "cancelled" {
				end(ann, hall)
			}
			got := event[clientv1.InvitationEvent](b)
			if got.Invitation.ID != i || got.Invitation.Status != want {
				t.Errorf("got %+v, want %s", got, want)
			}
		}
		var list clientv1.InvitationsBody
		bob.done(t, http.MethodGet, "invitations", nil, &list)
		if len(list.Invitations) != 0 {
			t.Errorf("the list has %+v", list.Invitations)
		}
	}
	root.done(t, http.MethodPost, "messages", clientv1.SendBody{
		Target: &clientv1.Target{Type: "direct_message", Recipient: bob.ID.String()}, Content: new("the end"),
	}, nil)
	for {
		e, err := old.Next(soon(t))
		must(t, err)
		if e.Type == clientv1.TypeInvitationChanged {
			t.Errorf("an old client got %s", e.Raw)
		}
		if e.Type == clientv1.TypeMessageReceived {
			return
		}
	}
}

func deletedHistoryIsUnreadable(t *testing.T, s *system) {
	ann, bob := oldPair(t, s)
	hall := ann.makesRoom(bob)
	bob.sends(`{"type":"room","room_id":"`+hall+`"}`, "soon nobody reads this")
	ann.ask(http.MethodDelete, "/api/v1/rooms/"+hall, "", shape{})
	for _, c := range []*oldClient{ann, bob} {
		c.refused(http.MethodGet, "/api/v1/messages?target_type=room&target_id="+hall, "", "not_room_member")
		v := c.answer("get_messages_response", `{"type":"get_messages","target":{"type":"room","room_id":"%s"}}`, hall)
		if !has(v, map[string]any{"success": false, "error": map[string]any{"code": "not_room_member"}}) {
			t.Errorf("got %v", v)
		}
	}
}

// The reason is a word that 0.8 knows, and who leaves is told, too.
func leaverHears(t *testing.T, s *system) {
	ann, bob := oldPair(t, s)
	hall := ann.makesRoom(bob)
	bob.ask(http.MethodPost, "/api/v1/rooms/"+hall+"/leave", "", shape{})
	for _, c := range []*oldClient{ann, bob} {
		c.waits("user_left_room", `{"room_id":"`+hall+`","user_id":"`+bob.id()+`","reason":"left"}`)
	}
}
