package render_test

import (
	"testing"

	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	"github.com/lair-chat/lair/services/gateway/internal/hub"
	"github.com/lair-chat/lair/services/gateway/internal/render"
)

const invited = "66666666-6666-4666-8666-666666666666"

func own(b *eventv1.UserBody) *hub.Event {
	return &hub.Event{User: &eventv1.UserEvent{Seq: 4, Body: b}}
}

func TestGoverningIsRendered(t *testing.T) {
	const place = `"conversation":"` + hall + `","seq":7,`
	const room = `{"id":"` + hall + `","name":"hall","owner":"` + ann + `","settings":{"description":null,"is_private":true,"max_members":null,"moderated":true},"created_at":"2026-02-19T12:00:00Z"}`
	invitation := func(status, responded string) string {
		return `"user_seq":4,"invitation":{"id":"` + invited + `","room_id":"` + hall + `","room_name":"hall","inviter_id":"` + ann +
			`","inviter_name":"alice","invitee_id":"` + bob + `","invitee_name":"alice","status":"` + status +
			`","message":null,"created_at":"2026-02-19T12:00:00Z","expires_at":"2026-02-26T12:00:00Z","responded_at":` + responded + `}}`
	}
	const week = 7 * 24 * 3600 * 1000000
	i := &eventv1.Invitation{
		Id: raw(invited), RoomId: raw(hall), RoomName: "hall", InviterId: raw(ann), InviteeId: raw(bob),
		Status: eventv1.InvitationStatus_INVITATION_STATUS_PENDING, CreatedAt: noon, ExpiresAt: noon + week,
	}
	declined := &eventv1.Invitation{
		Id: raw(invited), RoomId: raw(hall), RoomName: "hall", InviterId: raw(ann), InviteeId: raw(bob),
		Status: eventv1.InvitationStatus_INVITATION_STATUS_DECLINED, CreatedAt: noon, ExpiresAt: noon + week, RespondedAt: noon,
	}
	for name, tt := range map[string]struct {
		e     *hub.Event
		plain bool
		want  string
	}{
		"RoleChanged": {
			event(&eventv1.Body{Kind: &eventv1.Body_RoleChanged{RoleChanged: &eventv1.RoleChanged{
				UserId: raw(bob), OldRole: eventv1.Role_ROLE_MEMBER, NewRole: eventv1.Role_ROLE_OWNER,
			}}}), true,
			`{"type":"member_role_changed",` + place + `"room_id":"` + hall + `","user_id":"` + bob +
				`","username":"alice","old_role":"member","new_role":"owner","changed_by":"` + ann + `"}`,
		},
		"Updated": {
			event(&eventv1.Body{Kind: &eventv1.Body_RoomUpdated{RoomUpdated: &eventv1.RoomUpdated{Room: &eventv1.Room{
				Id: raw(hall), Name: "hall", OwnerId: raw(ann), IsPrivate: true, Moderated: true, CreatedAt: noon,
			}}}}), true,
			`{"type":"room_updated",` + place + `"room":` + room + `,"changed_by":"` + ann + `"}`,
		},
		"Deleted": {
			event(&eventv1.Body{Kind: &eventv1.Body_RoomDeleted{RoomDeleted: &eventv1.RoomDeleted{RoomName: "hall"}}}), true,
			`{"type":"room_deleted",` + place + `"room_id":"` + hall + `","room_name":"hall","deleted_by":"` + ann + `"}`,
		},
		"Muted": {
			event(&eventv1.Body{Kind: &eventv1.Body_MemberMuted{MemberMuted: &eventv1.MemberMuted{UserId: raw(bob), Until: noon}}}), false,
			`{"type":"member_muted",` + place + `"room_id":"` + hall + `","user_id":"` + bob + `","until":"2026-02-19T12:00:00Z","muted_by":"` + ann + `"}`,
		},
		"Unmuted": {
			event(&eventv1.Body{Kind: &eventv1.Body_MemberMuted{MemberMuted: &eventv1.MemberMuted{UserId: raw(bob)}}}), false,
			`{"type":"member_muted",` + place + `"room_id":"` + hall + `","user_id":"` + bob + `","muted_by":"` + ann + `"}`,
		},
		"Invited": {
			own(&eventv1.UserBody{Kind: &eventv1.UserBody_InvitationReceived{InvitationReceived: &eventv1.InvitationReceived{Invitation: i}}}), true,
			`{"type":"invitation_received",` + invitation("pending", "null"),
		},
		"Declined": {
			own(&eventv1.UserBody{Kind: &eventv1.UserBody_InvitationChanged{InvitationChanged: &eventv1.InvitationChanged{Invitation: declined}}}), false,
			`{"type":"invitation_changed",` + invitation("declined", `"2026-02-19T12:00:00Z"`),
		},
	} {
		t.Run(name, func(t *testing.T) {
			if tt.e.Conversation != nil {
				tt.e.Conversation.ActorId = raw(ann)
			}
			v, plain := render.Renderer{Directory: names{}}.Event(t.Context(), tt.e)
			if plain != tt.plain {
				t.Errorf("plain clients get it: %v", plain)
			}
			wantJSON(t, v, tt.want)
		})
	}
}
