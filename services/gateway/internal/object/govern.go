package object

import (
	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
)

// InvitationID reads the raw bytes of an id; no bytes are zero.
func InvitationID(b []byte) id.Invitation { return id.Invitation{UUID: uuid(b)} }

// Invitation returns an invitation with the names of the two people.
func Invitation(i *eventv1.Invitation, inviter, invitee string) clientv1.Invitation {
	return clientv1.Invitation{
		ID: InvitationID(i.GetId()), RoomID: RoomID(i.GetRoomId()), RoomName: i.GetRoomName(),
		InviterID: UserID(i.GetInviterId()), InviterName: inviter,
		InviteeID: UserID(i.GetInviteeId()), InviteeName: invitee, Status: status(i.GetStatus()),
		CreatedAt: clientv1.Micros(i.GetCreatedAt()), ExpiresAt: clientv1.Micros(i.GetExpiresAt()),
		RespondedAt: moment(i.GetRespondedAt()),
	}
}

func status(s eventv1.InvitationStatus) string {
	switch s {
	case eventv1.InvitationStatus_INVITATION_STATUS_ACCEPTED:
		return "accepted"
	case eventv1.InvitationStatus_INVITATION_STATUS_DECLINED:
		return "declined"
	case eventv1.InvitationStatus_INVITATION_STATUS_CANCELLED:
		return "cancelled"
	case eventv1.InvitationStatus_INVITATION_STATUS_EXPIRED:
		return "expired"
	case eventv1.InvitationStatus_INVITATION_STATUS_PENDING, eventv1.InvitationStatus_INVITATION_STATUS_UNSPECIFIED:
	}
	return "pending"
}

// moment returns nil for 0.
func moment(us int64) *clientv1.Time {
	if us == 0 {
		return nil
	}
	return new(clientv1.Micros(us))
}
