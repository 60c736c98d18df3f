// Package object turns what services say into what clients see. Its functions
// decide nothing: an id that is not one, which no service sends, becomes zero.
package object

import (
	"time"

	"github.com/lair-chat/lair/pkg/id"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	messagev1 "github.com/lair-chat/lair/proto/message/v1"
	roomv1 "github.com/lair-chat/lair/proto/room/v1"
)

// User returns a person, with the e-mail address that auth chose to tell.
func User(u *authv1.User) clientv1.User {
	return clientv1.User{
		ID: UserID(u.GetId()), Username: u.GetUsername(), Email: u.GetEmail(), Role: u.GetRole(), DisplayName: u.GetDisplayName(),
		CreatedAt: clientv1.Micros(u.GetCreatedAt()), UpdatedAt: clientv1.Micros(u.GetUpdatedAt()),
	}
}

// Session returns a login.
func Session(s *authv1.Session) clientv1.Session {
	return clientv1.Session{ID: SessionID(s.GetId()), ExpiresAt: offset(s.GetExpiresAt())}
}

// SessionDetail returns a login as its owner sees it who is using the session
// current.
func SessionDetail(s *authv1.Session, current id.Session) clientv1.SessionDetail {
	name := SessionID(s.GetId())
	return clientv1.SessionDetail{
		ID: name, CreatedAt: clientv1.Micros(s.GetCreatedAt()), ExpiresAt: offset(s.GetExpiresAt()),
		UserAgent: s.GetUserAgent(), Address: s.GetAddress(), Current: name == current,
	}
}

// Room returns a room.
func Room(r *eventv1.Room) clientv1.Room {
	room := clientv1.Room{
		ID: RoomID(r.GetId()), Name: r.GetName(), Owner: UserID(r.GetOwnerId()),
		Settings:  clientv1.RoomSettings{IsPrivate: r.GetIsPrivate(), Moderated: r.GetModerated()},
		CreatedAt: clientv1.Micros(r.GetCreatedAt()),
	}
	if r != nil && r.Description != nil {
		room.Settings.Description = new(r.GetDescription())
	}
	if n := r.GetMaxMembers(); n > 0 {
		room.Settings.MaxMembers = &n
	}
	return room
}

// RoomItem returns a room in a list.
func RoomItem(r *roomv1.RoomItem) clientv1.RoomItem {
	return clientv1.RoomItem{Room: Room(r.GetRoom()), MemberCount: int(r.GetMemberCount()), IsMember: r.GetIsMember()}
}

// Membership returns a user's place in a room.
func Membership(m *roomv1.Member) clientv1.Membership {
	return clientv1.Membership{
		RoomID: RoomID(m.GetRoomId()), UserID: UserID(m.GetUserId()),
		Role: Role(m.GetRole()), JoinedAt: clientv1.Micros(m.GetJoinedAt()),
	}
}

// Member returns a member of the given name in the list of a room.
func Member(m *roomv1.Member, username string, online bool) clientv1.Member {
	return clientv1.Member{
		UserID: UserID(m.GetUserId()), Username: username, Role: Role(m.GetRole()),
		JoinedAt: clientv1.Micros(m.GetJoinedAt()), IsOnline: online, MutedUntil: moment(m.GetMutedUntil()),
	}
}

// Message returns a message in its present form.
func Message(m *eventv1.Message) clientv1.Message {
	target := clientv1.ToRoom(RoomID(m.GetConversationId()))
	if to := UserID(m.GetRecipientId()); !to.IsZero() {
		target = clientv1.ToUser(to)
	}
	return clientv1.Message{
		ID: id.Message{UUID: uuid(m.GetId())}, Author: UserID(m.GetAuthorId()), Target: target,
		Content: string(m.GetContent()), Edited: m.GetEditedAt() != 0, Deleted: m.GetDeletedAt() != 0,
		CreatedAt: clientv1.Micros(m.GetCreatedAt()), Conversation: ConversationID(m.GetConversationId()),
		Seq: m.GetSeq(), ClientMsgID: m.GetClientMsgId(),
	}
}

// Conversation returns a conversation that the user is, or was, part of.
func Conversation(c *messagev1.Conversation) clientv1.Conversation {
	return clientv1.Conversation{
		ID: ConversationID(c.GetId()), Kind: Kind(c.GetKind()), Peer: peer(c.GetPeerId()),
		Seq: c.GetHead(), Left: c.GetLeft(),
	}
}

// ConversationAdded returns the event that says so.
func ConversationAdded(e *eventv1.UserEvent) clientv1.ConversationAdded {
	c := e.GetBody().GetConversationAdded()
	return clientv1.ConversationAdded{
		Type: clientv1.TypeConversationAdded, UserSeq: e.GetSeq(), Conversation: ConversationID(c.GetConversationId()),
		Kind: Kind(c.GetKind()), Peer: peer(c.GetPeerId()), FirstSeq: c.GetFirstSeq(),
	}
}

func peer(b []byte) *id.User {
	if u := UserID(b); !u.IsZero() {
		return &u
	}
	return nil
}

func offset(us int64) clientv1.Offset { return clientv1.Offset{Time: time.UnixMicro(us).UTC()} }
