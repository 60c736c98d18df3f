package session_test

import (
	"strings"
	"testing"

	"github.com/lair-chat/lair/pkg/fault"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	roomv1 "github.com/lair-chat/lair/proto/room/v1"
	"github.com/lair-chat/lair/services/gateway/internal/backend/backendtest"
)

func TestInvitationsAreAskedForAndShown(t *testing.T) {
	run(t, func(w *world) {
		i := &eventv1.Invitation{Id: attic.Bytes(), RoomId: hall.Bytes(), RoomName: "hall", InviterId: ann.Bytes(), InviteeId: bob.Bytes()}
		member := &roomv1.Member{RoomId: hall.Bytes(), UserId: ann.Bytes(), Role: eventv1.Role_ROLE_MEMBER}
		invite := play[*roomv1.InviteRequest](w, &roomv1.InviteResponse{Invitation: i})
		accept := play[*roomv1.AcceptInvitationRequest](w, &roomv1.AcceptInvitationResponse{Room: &eventv1.Room{}, Membership: member})
		decline := play[*roomv1.DeclineInvitationRequest](w, &roomv1.DeclineInvitationResponse{})
		play[*roomv1.ListInvitationsRequest](w, &roomv1.ListInvitationsResponse{})
		c := w.enter("ann", "")
		c.ask(`{"type":"invite_to_room","room_id":"`+hall.String()+`","user_id":"`+bob.String()+`"}`,
			`{"type":"invite_to_room_response","success":true,"invitation":{"room_name":"hall","status":"pending","invitee_id":"`+bob.String()+`"}}`)
		if q := invite.last(t); string(q.GetRoomId()) != string(hall.Bytes()) || string(q.GetUserId()) != string(bob.Bytes()) {
			t.Errorf("asked %v", q)
		}
		c.ask(`{"type":"accept_invitation","invitation_id":"`+attic.String()+`"}`, `{"success":true,"membership":{"role":"member"},"room":null}`)
		c.ask(`{"type":"decline_invitation","invitation_id":"`+attic.String()+`"}`, `{"type":"decline_invitation_response","success":true}`)
		if a, d := accept.last(t), decline.last(t); string(a.GetInvitationId()) != string(attic.Bytes()) || string(d.GetInvitationId()) != string(attic.Bytes()) {
			t.Errorf("asked %v and %v", a, d)
		}
		c.say(`{"type":"list_invitations"}`)
		if text := c.next(); !strings.Contains(string(text), `"invitations":[]`) {
			t.Errorf("got %s", text)
		}
		play[*roomv1.ListInvitationsRequest](w, &roomv1.ListInvitationsResponse{Invitations: []*eventv1.Invitation{i}})
		c.say(`{"type":"list_invitations"}`)
		if text := c.next(); !strings.Contains(string(text), `"invitations":[{"id":"`+attic.String()) {
			t.Errorf("got %s", text)
		}
		c.Close()
	})
}

func TestARefusedInvitationHasACodeAndNoPayload(t *testing.T) {
	run(t, func(w *world) {
		no := fault.New(fault.Conflict, "invitation_expired", "no")
		backendtest.Fail[*roomv1.InviteRequest](w.Services, no)
		backendtest.Fail[*roomv1.AcceptInvitationRequest](w.Services, no)
		backendtest.Fail[*roomv1.DeclineInvitationRequest](w.Services, no)
		backendtest.Fail[*roomv1.ListInvitationsRequest](w.Services, no)
		c := w.enter("ann", "")
		room, user, name := `"room_id":"`+hall.String()+`"`, `"user_id":"`+bob.String()+`"`, `"invitation_id":"`+attic.String()+`"`
		const refusal = `{"success":false,"error":{"code":"invitation_expired"},"invitation":null,"invitations":null,"membership":null}`
		c.ask(`{"type":"invite_to_room",`+room+`,`+user+`}`, refusal)
		c.ask(`{"type":"accept_invitation",`+name+`}`, refusal)
		c.ask(`{"type":"decline_invitation",`+name+`}`, refusal)
		c.ask(`{"type":"list_invitations"}`, refusal)
		const invalid = `{"success":false,"error":{"code":"validation_failed"}}`
		c.ask(`{"type":"invite_to_room","room_id":"hall",`+user+`}`, invalid)
		c.ask(`{"type":"invite_to_room",`+room+`,"user_id":"bob"}`, invalid)
		c.ask(`{"type":"accept_invitation","invitation_id":"x"}`, invalid)
		c.ask(`{"type":"decline_invitation","invitation_id":"x"}`, invalid)
		c.Close()
	})
}
