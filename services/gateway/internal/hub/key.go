package hub

import (
	"github.com/lair-chat/lair/pkg/id"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
)

// Key names a sequence: of a conversation, or of a user.
type Key struct {
	ofUser bool
	id     id.UUID
}

// Conversation is the sequence of c.
func Conversation(c id.Conversation) Key { return Key{false, c.UUID} }

// User is the own sequence of u.
func User(u id.User) Key { return Key{true, u.UUID} }

// Conversation returns the conversation; ok is false for the sequence of a
// user.
func (k Key) Conversation() (c id.Conversation, ok bool) {
	return id.Conversation{UUID: k.id}, !k.ofUser
}

// User returns the user; ok is false for the sequence of a conversation.
func (k Key) User() (u id.User, ok bool) { return id.User{UUID: k.id}, k.ofUser }

// Topic returns the topic of its bell.
func (k Key) Topic() string {
	if k.ofUser {
		return "user." + k.id.String()
	}
	return "conversation." + k.id.String()
}

// Event is an event of a conversation or of a user.
type Event struct {
	Conversation *eventv1.Event
	User         *eventv1.UserEvent
}

// Seq returns the position of the event.
func (e *Event) Seq() int64 {
	if e.User != nil {
		return e.User.GetSeq()
	}
	return e.Conversation.GetSeq()
}

// begun returns when the event began, in microseconds since 1970 UTC: when what was
// sent came to a gateway, or else when the event got its place.
func (e *Event) begun() int64 {
	switch {
	case e.User != nil:
		return e.User.GetAt()
	case e.Conversation.GetSentAt() > 0:
		return e.Conversation.GetSentAt()
	}
	return e.Conversation.GetAt()
}

// left returns who is no longer a member after the event, if anybody.
func (e *Event) left() (id.User, bool) {
	l := e.Conversation.GetBody().GetMemberLeft()
	if l == nil {
		return id.User{}, false
	}
	u, err := id.FromBytes(l.GetUserId())
	return id.User{UUID: u}, err == nil
}

// last reports whether the conversation ends with the event.
func (e *Event) last() bool { return e.Conversation.GetBody().GetRoomDeleted() != nil }

// Added returns the conversation that the user is now part of, if any.
func (e *Event) Added() (c id.Conversation, first int64, ok bool) {
	a := e.User.GetBody().GetConversationAdded()
	if a == nil {
		return c, 0, false
	}
	u, err := id.FromBytes(a.GetConversationId())
	return id.Conversation{UUID: u}, a.GetFirstSeq(), err == nil
}
