package clientv1

import (
	"github.com/lair-chat/lair/pkg/id"
)

// The types of frames that are neither responses nor events.
const (
	TypeServerHello = "server_hello"
	TypePong        = "pong"
	TypeError       = "error"
	// TypeReset and the two below go to clients with the feature resume only.
	TypeReset     = "reset"
	TypeReconnect = "reconnect"
)

// The codes of frames with the type error that end a connection, beside those
// of 0.8. On WebSocket the connection ends with the close code of the same name.
const (
	CodeSlowReader     = "slow_reader"
	CodeTimeout        = "timeout"
	CodeUnavailable    = "unavailable"
	CodeGoingAway      = "going_away"
	CodeCrowded        = "too_many_connections"
	CodeSessionRevoked = "session_revoked"
	CodeSessionExpired = "session_expired"
	CodeVersion        = "version_mismatch"
	CodeTooLarge       = "frame_too_large"
	CodeNotUTF8        = "invalid_utf8"
	CodeProtocol       = "protocol_error"
)

// The close codes of WebSocket: those of RFC 6455, section 7.4.1, and our own.
// After 4000 to 4099 a client should come back and resume, after 4100 to 4199
// it should not, before the reason is gone.
const (
	CloseGoingAway      = 1001
	CloseProtocol       = 1002
	CloseNotUTF8        = 1007
	CloseTooLarge       = 1009
	CloseSlowReader     = 4000
	CloseTimeout        = 4001
	CloseUnavailable    = 4002
	CloseCrowded        = 4003
	CloseSessionRevoked = 4100
	CloseSessionExpired = 4101
	CloseVersion        = 4102
)

// TypeResponse returns the type of the response to a command.
func TypeResponse(command string) string { return command + "_response" }

// ServerHello is the first frame on every connection.
type ServerHello struct {
	Type               string   `json:"type"`
	Version            string   `json:"version"`
	ServerName         string   `json:"server_name"`
	Features           []string `json:"features"`
	EncryptionRequired bool     `json:"encryption_required"`
}

// KeyExchangeResponse answers key_exchange. It is the last frame that is not
// encrypted, and has nothing but what 0.8 gives it.
type KeyExchangeResponse struct {
	Type      string `json:"type"`
	PublicKey string `json:"public_key"`
}

// Pong answers a ping.
type Pong struct {
	Type       string `json:"type"`
	ServerTime Offset `json:"server_time"`
}

// ErrorFrame says that a command was not understood or not allowed now.
type ErrorFrame struct {
	Type      string  `json:"type"`
	RequestID *string `json:"request_id,omitempty"`
	Error
}

// Reset says that events of a conversation, or of the user's own sequence if
// Conversation is nil, cannot be continued: what comes next has seq Seq + 1.
type Reset struct {
	Type         string           `json:"type"`
	Conversation *id.Conversation `json:"conversation,omitempty"`
	Seq          int64            `json:"seq"`
}

// Reconnect asks the client to connect anew, to any gateway, after so many
// milliseconds: this one is about to leave.
type Reconnect struct {
	Type    string `json:"type"`
	AfterMS int64  `json:"after_ms"`
}

// Response is the beginning of every answer to a command. What follows is left
// out of a refusal; lists of a success are there, maybe empty, and never null.
type Response struct {
	Type      string  `json:"type"`
	RequestID *string `json:"request_id"`
	Success   bool    `json:"success"`
	Error     *Error  `json:"error,omitempty"`
}

// ErrorCode returns the code of the error, "" for a success.
func (r Response) ErrorCode() string {
	if r.Error == nil {
		return ""
	}
	return r.Error.Code
}

// ErrorCode returns the code of the error.
func (e ErrorFrame) ErrorCode() string { return e.Code }

// SessionResponse answers authenticate, login and register.
type SessionResponse struct {
	Response
	User    *User    `json:"user,omitempty"`
	Session *Session `json:"session,omitempty"`
	Token   string   `json:"token,omitempty"`
}

// ResumeResponse answers resume: every conversation that the client is part of,
// or named, and the head of its own sequence. Events follow.
type ResumeResponse struct {
	Response
	Conversations []Conversation `json:"conversations,omitzero"`
	UserSeq       int64          `json:"user_seq"`
	UserReset     bool           `json:"user_reset,omitempty"`
	// More says that another answer to the same request follows, with more
	// conversations: a frame has a bound.
	More bool `json:"more,omitempty"`
}

// MessageResponse answers send_message and edit_message.
type MessageResponse struct {
	Response
	Message *Message `json:"message,omitempty"`
}

// MessagesResponse answers get_messages, the newest first.
type MessagesResponse struct {
	Response
	Messages []Message `json:"messages,omitzero"`
	HasMore  bool      `json:"has_more"`
}

// RoomResponse answers create_room, get_room and join_room. MemberCount is set
// for get_room only.
type RoomResponse struct {
	Response
	Room        *Room       `json:"room,omitempty"`
	Membership  *Membership `json:"membership,omitempty"`
	MemberCount *int        `json:"member_count,omitempty"`
}

// RoomsResponse answers list_rooms.
type RoomsResponse struct {
	Response
	Rooms      []RoomItem `json:"rooms,omitzero"`
	HasMore    bool       `json:"has_more"`
	TotalCount int        `json:"total_count"`
}

// UserResponse answers get_user and get_current_user.
type UserResponse struct {
	Response
	User *User `json:"user,omitempty"`
}

// UsersResponse answers list_users.
type UsersResponse struct {
	Response
	Users         []User    `json:"users,omitzero"`
	OnlineUserIDs []id.User `json:"online_user_ids,omitzero"`
	HasMore       bool      `json:"has_more"`
	TotalCount    int       `json:"total_count"`
}
