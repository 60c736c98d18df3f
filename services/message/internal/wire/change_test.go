package wire_test

import (
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/lair-chat/lair/pkg/id"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	"github.com/lair-chat/lair/services/internal/journal"
	"github.com/lair-chat/lair/services/message/internal/timeline"
	"github.com/lair-chat/lair/services/message/internal/wire"
)

func changed(m timeline.Message, seq int64, body []byte) journal.Event {
	return journal.Event{Conversation: m.Conversation, Seq: seq, At: at, Actor: ann, Message: m.ID, Body: body}
}

func TestEditIsStoredWithoutContentAndReadWithIt(t *testing.T) {
	var a wire.Announcer
	m := said(hall, 3, 5)[0]
	m.EditedAt = at
	e := timeline.Event{Event: changed(m, 4, a.Edited(m)), About: &m}
	stored := &eventv1.Body{}
	if err := proto.Unmarshal(e.Body, stored); err != nil {
		t.Fatal(err)
	}
	same(t, stored, &eventv1.Body{Kind: &eventv1.Body_MessageEdited{MessageEdited: &eventv1.MessageEdited{
		Message: &eventv1.Message{Id: m.ID.Bytes()},
	}}})
	got, err := wire.Event(e)
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, &eventv1.Event{
		ConversationId: hall.Bytes(), Seq: 4, At: at.UnixMicro(), ActorId: ann.Bytes(),
		Body: &eventv1.Body{Kind: &eventv1.Body_MessageEdited{MessageEdited: &eventv1.MessageEdited{Message: wire.Message(m)}}},
	})
}

func TestDeletionNamesTheMessageAndItsAddressee(t *testing.T) {
	var a wire.Announcer
	m := said(hall, 3, 5)[0]
	for _, to := range []id.User{{}, ann} {
		want := &eventv1.MessageDeleted{MessageId: m.ID.Bytes()}
		if m.Recipient = to; !to.IsZero() {
			want.RecipientId = to.Bytes()
		}
		got, err := wire.Event(timeline.Event{Event: changed(m, 4, a.Deleted(m)), About: &m})
		if err != nil {
			t.Fatal(err)
		}
		same(t, got.GetBody(), &eventv1.Body{Kind: &eventv1.Body_MessageDeleted{MessageDeleted: want}})
	}
}

func TestChangesRing(t *testing.T) {
	run(t, func(w *world) {
		small, large := said(hall, 1, 10)[0], said(den, 1, maxBell)[0]
		w.Changed(t.Context(), changed(small, 2, w.Edited(small)), small)
		w.Changed(t.Context(), changed(large, 3, w.Edited(large)), large)
		if bells, _ := w.bells(topic(hall)); len(bells) != 1 || bells[0].GetHead() != 2 ||
			len(bells[0].GetEvents()) != 1 || bells[0].GetEvents()[0].GetBody().GetMessageEdited().GetMessage().GetSeq() != 1 {
			w.t.Errorf("bells %v", bells)
		}
		if bells, _ := w.bells(topic(den)); len(bells) != 1 || !proto.Equal(bells[0], &eventv1.Bell{Head: 3}) {
			w.t.Errorf("bells %v", bells)
		}
	})
}
