// Package wire turns the timeline's values into protobuf messages, and rings
// the bus.
package wire

import (
	"google.golang.org/protobuf/proto"

	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	"github.com/lair-chat/lair/services/internal/journal"
	"github.com/lair-chat/lair/services/message/internal/timeline"
)

// Message returns m as it travels.
func Message(m timeline.Message) *eventv1.Message {
	w := &eventv1.Message{
		Id: m.ID.Bytes(), ConversationId: m.Conversation.Bytes(), Seq: m.Seq, AuthorId: m.Author.Bytes(),
		ClientMsgId: m.ClientMsgID, ContentType: m.ContentType, Content: m.Content, CreatedAt: m.CreatedAt.UnixMicro(),
	}
	if !m.Recipient.IsZero() {
		w.RecipientId = m.Recipient.Bytes()
	}
	if !m.EditedAt.IsZero() {
		w.EditedAt = m.EditedAt.UnixMicro()
	}
	if !m.DeletedAt.IsZero() {
		w.DeletedAt = m.DeletedAt.UnixMicro()
	}
	return w
}

// Sent returns the event that sent m.
func Sent(m timeline.Message) *eventv1.Event {
	return &eventv1.Event{
		ConversationId: m.Conversation.Bytes(), Seq: m.Seq, At: m.CreatedAt.UnixMicro(), ActorId: m.Author.Bytes(),
		Body:  &eventv1.Body{Kind: &eventv1.Body_MessageSent{MessageSent: &eventv1.MessageSent{Message: Message(m)}}},
		Trace: m.Origin.Trace, SentAt: m.Origin.SentAt,
	}
}

// Event returns e as it travels.
func Event(e timeline.Event) (*eventv1.Event, error) {
	if e.Sent != nil {
		return Sent(*e.Sent), nil
	}
	w := &eventv1.Event{
		ConversationId: e.Conversation.Bytes(), Seq: e.Seq, At: e.At.UnixMicro(), ActorId: e.Actor.Bytes(),
		Body: &eventv1.Body{},
	}
	if e.About != nil {
		w.Trace = e.About.Origin.Trace
	}
	err := proto.Unmarshal(e.Body, w.GetBody())
	if edited := w.GetBody().GetMessageEdited(); edited != nil && e.About != nil {
		edited.Message = Message(*e.About)
	}
	return w, err
}

// UserEvent returns e as it travels.
func UserEvent(e journal.UserEvent) (*eventv1.UserEvent, error) {
	w := &eventv1.UserEvent{UserId: e.User.Bytes(), Seq: e.Seq, At: e.At.UnixMicro(), Body: &eventv1.UserBody{}}
	return w, proto.Unmarshal(e.Body, w.GetBody())
}
