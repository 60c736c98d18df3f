package clientv1

import "github.com/lair-chat/lair/pkg/id"

// Version is the version of the real-time protocol that gateways announce.
// Clients must name one that begins with "1.".
const Version = "1.0"

// The features that a client may ask for in client_hello.
const (
	// FeatureResume: the client names its positions with the command resume and
	// gets events from there on, without holes. Until then it gets none.
	FeatureResume = "resume"
	// FeatureEncryption: the client says key_exchange next. On TCP only.
	FeatureEncryption = "encryption"
)

// The types of commands.
const (
	TypeClientHello    = "client_hello"
	TypeKeyExchange    = "key_exchange"
	TypePing           = "ping"
	TypeAuthenticate   = "authenticate"
	TypeLogin          = "login"
	TypeRegister       = "register"
	TypeLogout         = "logout"
	TypeResume         = "resume"
	TypeSendMessage    = "send_message"
	TypeGetMessages    = "get_messages"
	TypeEditMessage    = "edit_message"
	TypeDeleteMessage  = "delete_message"
	TypeCreateRoom     = "create_room"
	TypeGetRoom        = "get_room"
	TypeListRooms      = "list_rooms"
	TypeJoinRoom       = "join_room"
	TypeLeaveRoom      = "leave_room"
	TypeGetUser        = "get_user"
	TypeListUsers      = "list_users"
	TypeGetCurrentUser = "get_current_user"
	TypeTyping         = "typing"

	TypeInviteToRoom      = "invite_to_room"
	TypeAcceptInvitation  = "accept_invitation"
	TypeDeclineInvitation = "decline_invitation"
	TypeListInvitations   = "list_invitations"
)

// Command is what a client says. Which fields count depends on Type; a field
// that is absent or null is nil.
type Command struct {
	Type      string  `json:"type"`
	RequestID *string `json:"request_id,omitempty"`

	// client_hello
	Version    *string  `json:"version,omitempty"`
	ClientName *string  `json:"client_name,omitempty"`
	Features   []string `json:"features,omitempty"`

	// key_exchange: 32 bytes in base64
	PublicKey *string `json:"public_key,omitempty"`

	// authenticate, login, register
	Token      *string `json:"token,omitempty"`
	Identifier *string `json:"identifier,omitempty"`
	Username   *string `json:"username,omitempty"`
	Email      *string `json:"email,omitempty"`
	Password   *string `json:"password,omitempty"`

	// resume: the last seq that the client has of each conversation, and of its
	// own sequence. Conversations that are not named go on from their heads.
	Positions map[id.Conversation]int64 `json:"positions,omitempty"`
	UserSeq   *int64                    `json:"user_seq,omitempty"`

	// edit_message, delete_message
	MessageID *string `json:"message_id,omitempty"`

	// send_message, edit_message, get_messages, typing
	Target      *Target `json:"target,omitempty"`
	Content     *string `json:"content,omitempty"`
	ClientMsgID *string `json:"client_msg_id,omitempty"`
	// get_messages: at most one of the four. Times are RFC 3339.
	Before    *string `json:"before,omitempty"`
	After     *string `json:"after,omitempty"`
	BeforeSeq *int64  `json:"before_seq,omitempty"`
	AfterSeq  *int64  `json:"after_seq,omitempty"`

	// lists
	Limit  *uint32 `json:"limit,omitempty"`
	Offset *uint32 `json:"offset,omitempty"`
	Filter *Filter `json:"filter,omitempty"`

	// rooms and users
	RoomID      *string          `json:"room_id,omitempty"`
	UserID      *string          `json:"user_id,omitempty"`
	Name        *string          `json:"name,omitempty"`
	Description *string          `json:"description,omitempty"`
	Settings    *SettingsRequest `json:"settings,omitempty"`

	// invitations
	InvitationID *string `json:"invitation_id,omitempty"`
}

// Filter narrows a list of rooms or users.
type Filter struct {
	Search     *string `json:"search,omitempty"`
	JoinedOnly bool    `json:"joined_only,omitempty"`
	PublicOnly bool    `json:"public_only,omitempty"`
	OnlineOnly bool    `json:"online_only,omitempty"`
}

// SettingsRequest are the settings of a room that is to be created, which is
// public unless Public is false, or what is to change in them.
type SettingsRequest struct {
	Public     *bool   `json:"public,omitempty"`
	MaxMembers *uint32 `json:"max_members,omitempty"`
	Moderated  *bool   `json:"moderated,omitempty"`
}
