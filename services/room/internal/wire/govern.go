package wire

import (
	"time"

	"github.com/lair-chat/lair/pkg/id"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	roomv1 "github.com/lair-chat/lair/proto/room/v1"
	"github.com/lair-chat/lair/services/internal/journal"
	"github.com/lair-chat/lair/services/room/internal/membership"
)

// RoleOf reads a role that travelled; 0 if it is none.
func RoleOf(r eventv1.Role) journal.Role {
	switch r {
	case eventv1.Role_ROLE_OWNER:
		return journal.Owner
	case eventv1.Role_ROLE_MODERATOR:
		return journal.Moderator
	case eventv1.Role_ROLE_MEMBER:
		return journal.Plain
	case eventv1.Role_ROLE_UNSPECIFIED:
	}
	return 0
}

// Invitation returns i as it travels.
func Invitation(i membership.Invitation) *eventv1.Invitation {
	return &eventv1.Invitation{
		Id: i.ID.Bytes(), RoomId: i.Room.Bytes(), RoomName: i.RoomName, InviterId: i.Inviter.Bytes(), InviteeId: i.Invitee.Bytes(),
		Status:    eventv1.InvitationStatus(i.Status), // the same numbers
		CreatedAt: i.CreatedAt.UnixMicro(), ExpiresAt: i.ExpiresAt.UnixMicro(), RespondedAt: micros(i.RespondedAt),
	}
}

// Ban returns b as it travels.
func Ban(b membership.Ban) *roomv1.Ban {
	return &roomv1.Ban{UserId: b.User.Bytes(), ById: b.By.Bytes(), CreatedAt: b.At.UnixMicro()}
}

// Removed implements membership.Wire.
func (Wire) Removed(u id.User, why membership.Reason) []byte {
	reason := eventv1.LeaveReason_LEAVE_REASON_KICKED
	if why == membership.Banned {
		reason = eventv1.LeaveReason_LEAVE_REASON_BANNED
	}
	return marshal(&eventv1.Body{Kind: &eventv1.Body_MemberLeft{MemberLeft: &eventv1.MemberLeft{
		UserId: u.Bytes(), Reason: reason,
	}}})
}

// RoleChanged implements membership.Wire.
func (Wire) RoleChanged(u id.User, from, to journal.Role) []byte {
	return marshal(&eventv1.Body{Kind: &eventv1.Body_RoleChanged{RoleChanged: &eventv1.RoleChanged{
		UserId: u.Bytes(), OldRole: Role(from), NewRole: Role(to),
	}}})
}

// Muted implements membership.Wire.
func (Wire) Muted(u id.User, until time.Time) []byte {
	return marshal(&eventv1.Body{Kind: &eventv1.Body_MemberMuted{MemberMuted: &eventv1.MemberMuted{
		UserId: u.Bytes(), Until: micros(until),
	}}})
}

// Updated implements membership.Wire.
func (Wire) Updated(r membership.Room) []byte {
	return marshal(&eventv1.Body{Kind: &eventv1.Body_RoomUpdated{RoomUpdated: &eventv1.RoomUpdated{Room: Room(r)}}})
}

// Deleted implements membership.Wire.
func (Wire) Deleted(name string) []byte {
	return marshal(&eventv1.Body{Kind: &eventv1.Body_RoomDeleted{RoomDeleted: &eventv1.RoomDeleted{RoomName: name}}})
}

// Invited implements membership.Wire.
func (Wire) Invited(i membership.Invitation) []byte {
	return marshal(&eventv1.UserBody{Kind: &eventv1.UserBody_InvitationReceived{
		InvitationReceived: &eventv1.InvitationReceived{Invitation: Invitation(i)},
	}})
}

// Settled implements membership.Wire.
func (Wire) Settled(i membership.Invitation) []byte {
	return marshal(&eventv1.UserBody{Kind: &eventv1.UserBody_InvitationChanged{
		InvitationChanged: &eventv1.InvitationChanged{Invitation: Invitation(i)},
	}})
}

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}
