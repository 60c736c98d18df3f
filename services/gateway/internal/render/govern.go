package render

import (
	"context"

	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	"github.com/lair-chat/lair/services/gateway/internal/object"
)

// governed renders what those who govern a room do; ok is false for anything
// else.
func (r Renderer) governed(ctx context.Context, e *eventv1.Event, place clientv1.Place) (v any, plain, ok bool) {
	room, by := id.Room{UUID: place.Conversation.UUID}, object.UserID(e.GetActorId())
	switch body := e.GetBody().GetKind().(type) {
	case *eventv1.Body_RoleChanged:
		u := object.UserID(body.RoleChanged.GetUserId())
		return clientv1.MemberRoleChanged{
			Type: clientv1.TypeMemberRoleChanged, Place: place, RoomID: room, UserID: u, Username: r.user(ctx, u).Username,
			OldRole: object.Role(body.RoleChanged.GetOldRole()), NewRole: object.Role(body.RoleChanged.GetNewRole()), ChangedBy: by,
		}, true, true
	case *eventv1.Body_RoomUpdated:
		return clientv1.RoomUpdated{
			Type: clientv1.TypeRoomUpdated, Place: place, Room: object.Room(body.RoomUpdated.GetRoom()), ChangedBy: by,
		}, true, true
	case *eventv1.Body_RoomDeleted:
		return clientv1.RoomDeleted{
			Type: clientv1.TypeRoomDeleted, Place: place, RoomID: room, RoomName: body.RoomDeleted.GetRoomName(), DeletedBy: by,
		}, true, true
	case *eventv1.Body_MemberMuted:
		m := clientv1.MemberMuted{
			Type: clientv1.TypeMemberMuted, Place: place, RoomID: room,
			UserID: object.UserID(body.MemberMuted.GetUserId()), MutedBy: by,
		}
		if us := body.MemberMuted.GetUntil(); us != 0 {
			m.Until = new(clientv1.Micros(us))
		}
		return m, false, true
	}
	return nil, false, false
}

// invitation renders an event about an invitation; ok is false for anything
// else.
func (r Renderer) invitation(ctx context.Context, e *eventv1.UserEvent) (v any, plain, ok bool) {
	kind, plain := clientv1.TypeInvitationReceived, true
	i := e.GetBody().GetInvitationReceived().GetInvitation()
	if i == nil {
		kind, plain = clientv1.TypeInvitationChanged, false
		i = e.GetBody().GetInvitationChanged().GetInvitation()
	}
	if i == nil {
		return nil, false, false
	}
	inviter, invitee := r.user(ctx, object.UserID(i.GetInviterId())), r.user(ctx, object.UserID(i.GetInviteeId()))
	return clientv1.InvitationEvent{
		Type: kind, UserSeq: e.GetSeq(), Invitation: object.Invitation(i, inviter.Username, invitee.Username),
	}, plain, true
}
