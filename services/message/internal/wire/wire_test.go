package wire_test

import (
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/lair-chat/lair/pkg/id"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	"github.com/lair-chat/lair/services/internal/journal"
	"github.com/lair-chat/lair/services/message/internal/timeline"
	"github.com/lair-chat/lair/services/message/internal/wire"
)

func same(t *testing.T, got, want proto.Message) {
	t.Helper()
	if !proto.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestMessageIsTranslated(t *testing.T) {
	m := said(hall, 3, 1)[0]
	want := &eventv1.Message{
		Id: m.ID.Bytes(), ConversationId: hall.Bytes(), Seq: 3, AuthorId: ann.Bytes(), ClientMsgId: "a",
		ContentType: "text/plain", Content: []byte("x"), CreatedAt: at.UnixMicro(),
	}
	same(t, wire.Message(m), want) // no recipient, never edited, not deleted
	m.Recipient, m.EditedAt, m.DeletedAt = ann, at.Add(time.Second), at.Add(time.Minute)
	want.RecipientId, want.EditedAt, want.DeletedAt = ann.Bytes(), at.Add(time.Second).UnixMicro(), at.Add(time.Minute).UnixMicro()
	same(t, wire.Message(m), want)
	same(t, wire.Sent(m), &eventv1.Event{
		ConversationId: hall.Bytes(), Seq: 3, At: at.UnixMicro(), ActorId: ann.Bytes(),
		Body: &eventv1.Body{Kind: &eventv1.Body_MessageSent{MessageSent: &eventv1.MessageSent{Message: want}}},
	})
}

func TestEventIsTranslated(t *testing.T) {
	m := said(hall, 3, 1)[0]
	got, err := wire.Event(timeline.Event{Sent: &m})
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, wire.Sent(m))
	body := &eventv1.Body{Kind: &eventv1.Body_MemberLeft{MemberLeft: &eventv1.MemberLeft{UserId: ann.Bytes()}}}
	data, err := proto.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	e := timeline.Event{Event: journal.Event{Conversation: hall, Seq: 4, At: at, Actor: id.User{UUID: id.New()}, Body: data}}
	got, err = wire.Event(e)
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, &eventv1.Event{ConversationId: hall.Bytes(), Seq: 4, At: at.UnixMicro(), ActorId: e.Actor.Bytes(), Body: body})
	e.Body = []byte("\xff")
	if _, err := wire.Event(e); err == nil {
		t.Error("a body that is no message was translated")
	}
}
