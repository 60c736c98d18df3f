// Package clientv1 is what clients and gateways say to each other, in JSON: the
// bodies of the HTTP API and the frames of the real-time protocol, which are
// the same over TCP and WebSocket.
//
// The base is Lair Chat 0.8, whose clients must go on working: fields may be
// added, never renamed or removed, lists are never null, and new types of
// frames go only to clients that asked for them in client_hello.features.
package clientv1

import (
	"fmt"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
)

// Time is a moment as clients see it: RFC 3339 in UTC, ending in Z.
type Time struct{ time.Time }

// Micros returns the moment us microseconds after 1970.
func Micros(us int64) Time { return Time{time.UnixMicro(us).UTC()} }

// MarshalText implements encoding.TextMarshaler.
func (t Time) MarshalText() ([]byte, error) {
	return t.UTC().AppendFormat(nil, time.RFC3339Nano), nil
}

// MarshalJSON implements json.Marshaler; without it the embedded method of
// time.Time would be used.
func (t Time) MarshalJSON() ([]byte, error) {
	return t.UTC().AppendFormat(nil, `"`+time.RFC3339Nano+`"`), nil
}

// Offset is a moment that ends in +00:00, as 0.8 writes session.expires_at and
// pong.server_time.
type Offset struct{ time.Time }

// MarshalJSON implements json.Marshaler.
func (t Offset) MarshalJSON() ([]byte, error) {
	return t.UTC().AppendFormat(nil, `"2006-01-02T15:04:05.999999999-07:00"`), nil
}

// User is a person. Email is "" unless it is oneself or one is an
// administrator; 0.8 needs the field to be there.
type User struct {
	ID         id.User `json:"id"`
	Username   string  `json:"username"`
	Email      string  `json:"email"`
	Role       string  `json:"role"`
	CreatedAt  Time    `json:"created_at"`
	UpdatedAt  Time    `json:"updated_at"`
	LastSeenAt *Time   `json:"last_seen_at"`
	// DisplayName is there only if the user has chosen one.
	DisplayName string `json:"display_name,omitempty"`
}

// UserItem is a user in a list.
type UserItem struct {
	User   User `json:"user"`
	Online bool `json:"online"`
}

// Session is a login.
type Session struct {
	ID        id.Session `json:"id"`
	ExpiresAt Offset     `json:"expires_at"`
}

// RoomSettings are what a room's moderators may change.
type RoomSettings struct {
	Description *string `json:"description"`
	IsPrivate   bool    `json:"is_private"`
	MaxMembers  *uint32 `json:"max_members"`
	Moderated   bool    `json:"moderated,omitempty"`
}

// Room is a place to talk. Its id is that of its conversation.
type Room struct {
	ID        id.Room      `json:"id"`
	Name      string       `json:"name"`
	Owner     id.User      `json:"owner"`
	Settings  RoomSettings `json:"settings"`
	CreatedAt Time         `json:"created_at"`
}

// RoomItem is a room in a list.
type RoomItem struct {
	Room        Room `json:"room"`
	MemberCount int  `json:"member_count"`
	IsMember    bool `json:"is_member"`
}

// Membership is a user's place in a room.
type Membership struct {
	RoomID   id.Room `json:"room_id"`
	UserID   id.User `json:"user_id"`
	Role     string  `json:"role"` // member, moderator, owner
	JoinedAt Time    `json:"joined_at"`
}

// Member is a member in the list of a room.
type Member struct {
	UserID   id.User `json:"user_id"`
	Username string  `json:"username"`
	Role     string  `json:"role"`
	JoinedAt Time    `json:"joined_at"`
	IsOnline bool    `json:"is_online"`
	// MutedUntil is nil unless the member is muted.
	MutedUntil *Time `json:"muted_until,omitempty"`
}

// The types of a target. Requests over HTTP spell a direct message in the
// second way; both are understood everywhere.
const (
	TargetRoom          = "room"
	TargetDirect        = "dm"
	TargetDirectRequest = "direct_message"
)

// Target is where a message goes: a room, or a person.
type Target struct {
	Type      string `json:"type"`
	RoomID    string `json:"room_id,omitempty"`
	Recipient string `json:"recipient,omitempty"`
}

// ToRoom returns the target that is the room.
func ToRoom(r id.Room) Target { return Target{Type: TargetRoom, RoomID: r.String()} }

// ToUser returns the target that is the person.
func ToUser(u id.User) Target { return Target{Type: TargetDirect, Recipient: u.String()} }

// Parse returns the room or the person; the other one is zero. An unknown type
// is validation_failed, a bad id room_not_found or user_not_found.
func (t Target) Parse() (id.Room, id.User, error) {
	switch t.Type {
	case TargetRoom:
		u, err := id.Parse(t.RoomID)
		if err != nil {
			return id.Room{}, id.User{}, fault.New(fault.NotFound, "room_not_found", "there is no such room")
		}
		return id.Room{UUID: u}, id.User{}, nil
	case TargetDirect, TargetDirectRequest:
		u, err := id.Parse(t.Recipient)
		if err != nil {
			return id.Room{}, id.User{}, fault.New(fault.NotFound, "user_not_found", "there is no such user")
		}
		return id.Room{}, id.User{UUID: u}, nil
	default:
		return id.Room{}, id.User{}, fault.New(fault.Invalid, "validation_failed", "target type must be room or dm")
	}
}

// Message is something said. Conversation and Seq are its place; the event
// that sent it has the same seq.
type Message struct {
	ID           id.Message      `json:"id"`
	Author       id.User         `json:"author"`
	Target       Target          `json:"target"`
	Content      string          `json:"content"`
	Edited       bool            `json:"edited"`
	Deleted      bool            `json:"deleted,omitempty"`
	CreatedAt    Time            `json:"created_at"`
	Conversation id.Conversation `json:"conversation"`
	Seq          int64           `json:"seq"`
	ClientMsgID  string          `json:"client_msg_id,omitempty"`
}

// Conversation is a conversation that one is, or was, part of.
type Conversation struct {
	ID   id.Conversation `json:"conversation"`
	Kind string          `json:"kind"`           // room, dm
	Peer *id.User        `json:"peer,omitempty"` // the other one of a dm
	// Seq is the newest position that one may see.
	Seq int64 `json:"seq"`
	// After is the position that events are brought after: the one that the
	// client named, or Seq, or where the conversation began if it was added after
	// the user_seq that the client named.
	After int64 `json:"after"`
	Left  bool  `json:"left,omitempty"`
	// ReadSeq is how far one has read; 0 if one never said so.
	ReadSeq int64 `json:"read_seq,omitempty"`
	// Reset says that the position which the client named does not join up with
	// the log: what it has of this conversation is not to be continued.
	Reset bool `json:"reset,omitempty"`
}

// Error is why a request failed. Code is stable, Message is for people, in
// ASCII.
type Error struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	// RetryAfter is when to try again what was too often, in seconds; on sockets
	// only.
	RetryAfter int `json:"retry_after,omitempty"`
	// Details has the same and more; over HTTP only.
	Details *ErrorDetails `json:"details,omitempty"`
}

// ErrorDetails says when to try again what was too often, in seconds, and how
// much is allowed at once.
type ErrorDetails struct {
	RetryAfter int `json:"retry_after"`
	Limit      int `json:"limit"`
}

func (e *Error) Error() string { return fmt.Sprintf("%s: %s", e.Code, e.Message) }
