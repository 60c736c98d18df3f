package object

import (
	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
)

// Role returns the name of a role in a room: member, moderator or owner.
func Role(r eventv1.Role) string {
	switch r {
	case eventv1.Role_ROLE_OWNER:
		return "owner"
	case eventv1.Role_ROLE_MODERATOR:
		return "moderator"
	case eventv1.Role_ROLE_MEMBER, eventv1.Role_ROLE_UNSPECIFIED:
	}
	return "member" // also what a later release may add: the least
}

// Reason returns why a member left, as user_left_room says it.
func Reason(r eventv1.LeaveReason) string {
	switch r {
	case eventv1.LeaveReason_LEAVE_REASON_KICKED:
		return "kicked"
	case eventv1.LeaveReason_LEAVE_REASON_BANNED:
		return "banned"
	case eventv1.LeaveReason_LEAVE_REASON_ROOM_DELETED:
		return "room deleted"
	case eventv1.LeaveReason_LEAVE_REASON_LEFT, eventv1.LeaveReason_LEAVE_REASON_UNSPECIFIED:
	}
	return "left"
}

// Kind returns the kind of a conversation: room or dm.
func Kind(k eventv1.ConversationKind) string {
	if k == eventv1.ConversationKind_CONVERSATION_KIND_DIRECT {
		return clientv1.TargetDirect
	}
	return clientv1.TargetRoom
}

// UserID reads the raw bytes of an id; no bytes are zero.
func UserID(b []byte) id.User { return id.User{UUID: uuid(b)} }

// SessionID reads the raw bytes of an id; no bytes are zero.
func SessionID(b []byte) id.Session { return id.Session{UUID: uuid(b)} }

// RoomID reads the raw bytes of an id; no bytes are zero.
func RoomID(b []byte) id.Room { return id.Room{UUID: uuid(b)} }

// ConversationID reads the raw bytes of an id; no bytes are zero.
func ConversationID(b []byte) id.Conversation { return id.Conversation{UUID: uuid(b)} }

func uuid(b []byte) id.UUID {
	u, _ := id.FromBytes(b) // zero unless it is one
	return u
}
