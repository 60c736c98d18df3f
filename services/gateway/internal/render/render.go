// Package render makes what clients read of events: it adds the names that
// events leave out.
package render

import (
	"context"

	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	"github.com/lair-chat/lair/services/gateway/internal/hub"
	"github.com/lair-chat/lair/services/gateway/internal/object"
)

// Directory knows users by their ids.
type Directory interface {
	Users(ctx context.Context, ids ...id.User) (map[id.User]clientv1.User, error)
}

// Renderer implements hub.Encoder. It is safe for concurrent use.
type Renderer struct{ Directory Directory }

// user returns a user, with an empty name if the directory does not answer: an
// event must not wait for a name.
func (r Renderer) user(ctx context.Context, u id.User) clientv1.User {
	users, err := r.Directory.Users(ctx, u)
	if err != nil {
		return clientv1.User{ID: u, Role: "user", CreatedAt: clientv1.Micros(0), UpdatedAt: clientv1.Micros(0)}
	}
	return users[u]
}

// Event implements hub.Encoder.
func (r Renderer) Event(ctx context.Context, e *hub.Event) (v any, plain bool) {
	if e.User != nil {
		return r.userEvent(ctx, e.User)
	}
	w := e.Conversation
	place := clientv1.Place{Conversation: object.ConversationID(w.GetConversationId()), Seq: w.GetSeq()}
	switch body := w.GetBody().GetKind().(type) {
	case *eventv1.Body_MessageSent:
		m := body.MessageSent.GetMessage()
		return clientv1.MessageReceived{
			Type: clientv1.TypeMessageReceived, Place: place, Message: object.Message(m),
			AuthorUsername: r.user(ctx, object.UserID(m.GetAuthorId())).Username,
		}, true
	case *eventv1.Body_MemberJoined:
		j := body.MemberJoined
		user, room := object.UserID(j.GetUserId()), id.Room{UUID: place.Conversation.UUID}
		return clientv1.UserJoinedRoom{
			Type: clientv1.TypeUserJoinedRoom, Place: place, RoomID: room, User: r.user(ctx, user),
			Membership: clientv1.Membership{
				RoomID: room, UserID: user, Role: object.Role(j.GetRole()), JoinedAt: clientv1.Micros(w.GetAt()),
			},
		}, !j.GetCreated() // 0.8 says nothing when a room is created
	case *eventv1.Body_MemberLeft:
		return clientv1.UserLeftRoom{
			Type: clientv1.TypeUserLeftRoom, Place: place, RoomID: id.Room{UUID: place.Conversation.UUID},
			UserID: object.UserID(body.MemberLeft.GetUserId()), Reason: object.Reason(body.MemberLeft.GetReason()),
		}, true
	case *eventv1.Body_MessageEdited:
		return messageEdited(place, body.MessageEdited), true
	case *eventv1.Body_MessageDeleted:
		return messageDeleted(place, w.GetActorId(), body.MessageDeleted), true
	}
	if v, plain, ok := r.governed(ctx, w, place); ok {
		return v, plain
	}
	return clientv1.UnknownEvent{Type: clientv1.TypeUnknownEvent, Place: place}, false
}

func (r Renderer) userEvent(ctx context.Context, e *eventv1.UserEvent) (v any, plain bool) {
	if e.GetBody().GetConversationAdded() != nil {
		return object.ConversationAdded(e), false
	}
	if v, plain, ok := r.invitation(ctx, e); ok {
		return v, plain
	}
	return clientv1.UnknownUserEvent{Type: clientv1.TypeUnknownEvent, UserSeq: e.GetSeq()}, false
}

// Typing implements hub.Encoder.
func (Renderer) Typing(_ context.Context, t *eventv1.Typing) any {
	target := clientv1.ToRoom(object.RoomID(t.GetConversationId()))
	if to := object.UserID(t.GetRecipientId()); !to.IsZero() {
		target = clientv1.ToUser(to)
	}
	return clientv1.UserTyping{Type: clientv1.TypeUserTyping, UserID: object.UserID(t.GetUserId()), Target: target}
}

// Presence implements hub.Encoder.
func (r Renderer) Presence(ctx context.Context, c *eventv1.PresenceChange) any {
	kind := clientv1.TypeUserOffline
	if c.GetOnline() {
		kind = clientv1.TypeUserOnline
	}
	u := object.UserID(c.GetUserId())
	return clientv1.UserPresence{Type: kind, UserID: u, Username: r.user(ctx, u).Username}
}

// Reset implements hub.Encoder.
func (Renderer) Reset(k hub.Key, head int64) any {
	reset := clientv1.Reset{Type: clientv1.TypeReset, Seq: head}
	if c, ok := k.Conversation(); ok {
		reset.Conversation = &c
	}
	return reset
}
