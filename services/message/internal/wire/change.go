package wire

import (
	"context"

	"google.golang.org/protobuf/proto"

	"github.com/lair-chat/lair/pkg/bus"
	"github.com/lair-chat/lair/pkg/tracing"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	"github.com/lair-chat/lair/services/internal/journal"
	"github.com/lair-chat/lair/services/message/internal/timeline"
)

// Edited implements timeline.Wire. The journal must not keep what was edited or
// deleted away, so it gets only the id; Event adds the rest.
func (*Announcer) Edited(m timeline.Message) []byte {
	return marshal(&eventv1.Body{Kind: &eventv1.Body_MessageEdited{MessageEdited: &eventv1.MessageEdited{
		Message: &eventv1.Message{Id: m.ID.Bytes()},
	}}})
}

// Deleted implements timeline.Wire.
func (*Announcer) Deleted(m timeline.Message) []byte {
	d := &eventv1.MessageDeleted{MessageId: m.ID.Bytes()}
	if !m.Recipient.IsZero() {
		d.RecipientId = m.Recipient.Bytes()
	}
	return marshal(&eventv1.Body{Kind: &eventv1.Body_MessageDeleted{MessageDeleted: d}})
}

// Changed implements timeline.Wire.
func (a *Announcer) Changed(ctx context.Context, e journal.Event, m timeline.Message) {
	m.Origin.Trace = tracing.Parent(ctx)
	a.mu.Lock()
	if len(a.changes) < maxWaiting { // gateways find out about the rest by themselves
		a.changes = append(a.changes, timeline.Event{Event: e, About: &m})
	}
	a.mu.Unlock()
	a.ring()
}

func changeBells(changes []timeline.Event) []bus.Message {
	bells := make([]bus.Message, 0, len(changes))
	for _, e := range changes {
		w, err := Event(e)
		if err != nil {
			continue // encoded above
		}
		b := &eventv1.Bell{Head: e.Seq}
		if proto.Size(w) <= maxBell {
			b.Events = []*eventv1.Event{w}
		}
		bells = append(bells, bell("conversation."+e.Conversation.String(), b))
	}
	return bells
}

// marshal encodes a message of ids and numbers.
func marshal(m proto.Message) []byte {
	data, err := proto.Marshal(m)
	if err != nil {
		panic(err) // only strings that are not UTF-8 can fail
	}
	return data
}
