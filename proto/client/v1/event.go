package clientv1

import "github.com/lair-chat/lair/pkg/id"

// The types of events.
const (
	TypeMessageReceived = "message_received"
	TypeMessageEdited   = "message_edited"
	TypeMessageDeleted  = "message_deleted"
	TypeUserJoinedRoom  = "user_joined_room"
	TypeUserLeftRoom    = "user_left_room"
	TypeUserOnline      = "user_online"
	TypeUserOffline     = "user_offline"
	TypeUserTyping      = "user_typing"
	TypeServerNotice    = "server_notice"
	TypeSessionExpiring = "session_expiring"
	// TypeUserUpdated goes to clients with the feature resume only.
	TypeUserUpdated = "user_updated"
	// TypeConversationAdded goes to clients with the feature resume only.
	TypeConversationAdded = "conversation_added"
	// TypeReadMarked goes to clients with the feature resume only.
	TypeReadMarked = "read_marked"
	// TypeUnknownEvent goes to clients with the feature resume only.
	TypeUnknownEvent = "unknown_event"

	TypeMemberRoleChanged  = "member_role_changed"
	TypeRoomUpdated        = "room_updated"
	TypeRoomDeleted        = "room_deleted"
	TypeInvitationReceived = "invitation_received"
	// TypeInvitationChanged goes to clients with the feature resume only.
	TypeInvitationChanged = "invitation_changed"
	// TypeMemberMuted goes to clients with the feature resume only.
	TypeMemberMuted = "member_muted"
)

// Place is where a durable event stands: in a conversation, at a position.
type Place struct {
	Conversation id.Conversation `json:"conversation"`
	Seq          int64           `json:"seq"`
}

// MessageReceived says that a message was sent. Replayed, it shows the message
// as it is now.
type MessageReceived struct {
	Type string `json:"type"`
	Place
	Message        Message `json:"message"`
	AuthorUsername string  `json:"author_username"`
}

// UserJoinedRoom says that a user became a member.
type UserJoinedRoom struct {
	Type string `json:"type"`
	Place
	RoomID     id.Room    `json:"room_id"`
	User       User       `json:"user"`
	Membership Membership `json:"membership"`
}

// UserLeftRoom says that a user is no longer a member. Reason is left, kicked,
// banned or "room deleted".
type UserLeftRoom struct {
	Type string `json:"type"`
	Place
	RoomID id.Room `json:"room_id"`
	UserID id.User `json:"user_id"`
	Reason string  `json:"reason"`
}

// ConversationAdded says that one is now part of a conversation and gets its
// events from FirstSeq on. It stands in one's own sequence.
type ConversationAdded struct {
	Type         string          `json:"type"`
	UserSeq      int64           `json:"user_seq"`
	Conversation id.Conversation `json:"conversation"`
	Kind         string          `json:"kind"`
	Peer         *id.User        `json:"peer,omitempty"`
	FirstSeq     int64           `json:"first_seq"`
}

// UnknownEvent stands for an event that the gateway does not know, because it
// is older than the service that wrote it. It keeps the sequence without holes.
type UnknownEvent struct {
	Type string `json:"type"`
	Place
}

// UnknownUserEvent is an UnknownEvent in one's own sequence.
type UnknownUserEvent struct {
	Type    string `json:"type"`
	UserSeq int64  `json:"user_seq"`
}

// UserPresence says that a user came online or went offline.
type UserPresence struct {
	Type     string  `json:"type"`
	UserID   id.User `json:"user_id"`
	Username string  `json:"username"`
}

// UserTyping says that a user is typing.
type UserTyping struct {
	Type   string  `json:"type"`
	UserID id.User `json:"user_id"`
	Target Target  `json:"target"`
}

// ServerNotice is a word from the operators. Severity is info, warning or
// critical.
type ServerNotice struct {
	Type     string `json:"type"`
	Message  string `json:"message"`
	Severity string `json:"severity"`
}
