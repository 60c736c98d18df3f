package clientv1

import "github.com/lair-chat/lair/pkg/id"

// ErrorBody is the body of every HTTP answer that is not a success.
type ErrorBody struct {
	Error Error `json:"error"`
	// RequestID is X-Request-Id, for who asks an operator; only where the error is a
	// bug of ours.
	RequestID string `json:"request_id,omitempty"`
}

// RegisterBody is the body of POST /api/v1/auth/register.
type RegisterBody struct {
	Username *string `json:"username"`
	Email    *string `json:"email"`
	Password *string `json:"password"`
}

// LoginBody is the body of POST /api/v1/auth/login. Identifier is a user name
// or an e-mail address.
type LoginBody struct {
	Identifier *string `json:"identifier"`
	Password   *string `json:"password"`
}

// SessionBody answers register and login.
type SessionBody struct {
	User    User    `json:"user"`
	Session Session `json:"session"`
	Token   string  `json:"token"`
}

// TokenBody answers POST /api/v1/auth/refresh.
type TokenBody struct {
	Token     string `json:"token"`
	ExpiresAt Offset `json:"expires_at"`
}

// PasswordBody is the body of POST /api/v1/auth/change-password.
type PasswordBody struct {
	CurrentPassword *string `json:"current_password"`
	NewPassword     *string `json:"new_password"`
}

// SuccessBody is the answer where there is nothing else to say.
type SuccessBody struct {
	Success bool `json:"success"`
}

// SessionDetail is one of the sessions of GET /api/v1/sessions.
type SessionDetail struct {
	ID        id.Session `json:"id"`
	CreatedAt Time       `json:"created_at"`
	ExpiresAt Offset     `json:"expires_at"`
	UserAgent string     `json:"user_agent"`
	Address   string     `json:"address"`
	Current   bool       `json:"current"`
}

// SessionsBody answers GET /api/v1/sessions.
type SessionsBody struct {
	Sessions []SessionDetail `json:"sessions"`
}

// UserBody answers GET /api/v1/users/me.
type UserBody struct {
	User User `json:"user"`
	// UnreadCounts has the conversations with unread messages; it is absent if
	// they cannot be counted now.
	UnreadCounts map[id.Conversation]int `json:"unread_counts,omitzero"`
}

// UsersBody answers GET /api/v1/users.
type UsersBody struct {
	Users      []UserItem `json:"users"`
	HasMore    bool       `json:"has_more"`
	TotalCount int        `json:"total_count"`
	// NextCursor is what to ask with for the next page; absent if there is none.
	NextCursor string `json:"next_cursor,omitempty"`
}

// CreateRoomBody is the body of POST /api/v1/rooms.
type CreateRoomBody struct {
	Name        *string          `json:"name"`
	Description *string          `json:"description"`
	Settings    *SettingsRequest `json:"settings"`
}

// RoomBody answers POST /api/v1/rooms.
type RoomBody struct {
	Room Room `json:"room"`
}

// RoomDetailBody answers GET /api/v1/rooms/{room_id}.
type RoomDetailBody struct {
	Room        Room        `json:"room"`
	Membership  *Membership `json:"membership"`
	MemberCount int         `json:"member_count"`
}

// JoinBody answers POST /api/v1/rooms/{room_id}/join.
type JoinBody struct {
	Room       Room       `json:"room"`
	Membership Membership `json:"membership"`
}

// RoomsBody answers GET /api/v1/rooms.
type RoomsBody struct {
	Rooms      []RoomItem `json:"rooms"`
	HasMore    bool       `json:"has_more"`
	TotalCount int        `json:"total_count"`
	// NextCursor is what to ask with for the next page; absent if there is none.
	NextCursor string `json:"next_cursor,omitempty"`
}

// MembersBody answers GET /api/v1/rooms/{room_id}/members. Total counts all
// members, also those on other pages.
type MembersBody struct {
	Members []Member `json:"members"`
	Total   int      `json:"total"`
}

// SendBody is the body of POST /api/v1/messages.
type SendBody struct {
	Target      *Target `json:"target"`
	Content     *string `json:"content"`
	ClientMsgID *string `json:"client_msg_id"`
}

// MessageBody answers POST /api/v1/messages and PATCH of one of them.
type MessageBody struct {
	Message Message `json:"message"`
}

// MessagesBody answers GET /api/v1/messages, the newest first.
type MessagesBody struct {
	Messages []Message `json:"messages"`
	HasMore  bool      `json:"has_more"`
}

// SyncBody is the body of POST /api/v1/sync, which is what resume is on a
// socket, by polling: the last seq that the client has of each conversation and
// of its own sequence. All may be absent: then the answer says where to start.
type SyncBody struct {
	Positions map[id.Conversation]int64 `json:"positions"`
	UserSeq   *int64                    `json:"user_seq"`
	Limit     *int                      `json:"limit"`
}

// SyncResult answers POST /api/v1/sync. Events are frames as on a socket, in
// order within each conversation. Positions are what to ask with next.
type SyncResult struct {
	Conversations []Conversation            `json:"conversations"`
	Events        []any                     `json:"events"`
	Positions     map[id.Conversation]int64 `json:"positions"`
	UserSeq       int64                     `json:"user_seq"`
	UserReset     bool                      `json:"user_reset,omitempty"`
	HasMore       bool                      `json:"has_more"`
}
