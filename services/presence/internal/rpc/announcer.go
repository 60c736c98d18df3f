package rpc

import (
	"context"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/lair-chat/lair/pkg/bus"
	"github.com/lair-chat/lair/pkg/fault"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	"github.com/lair-chat/lair/services/presence/internal/roster"
)

// Topic is the bus topic of users who come and go.
const Topic = "presence"

// maxChanges is how many changes one message carries: some 22 KB.
const maxChanges = 1000

// Announcer implements roster.Announcer on the bus. Its errors are
// fault.Unavailable.
type Announcer struct{ Bus bus.Bus }

// Presence implements roster.Announcer.
func (a Announcer) Presence(ctx context.Context, changes []roster.Change) error {
	msgs := make([]bus.Message, 0, len(changes)/maxChanges+1)
	for some := range slices.Chunk(changes, maxChanges) {
		p := &eventv1.Presence{Changes: make([]*eventv1.PresenceChange, len(some))}
		for i, c := range some {
			p.Changes[i] = &eventv1.PresenceChange{UserId: c.User.Bytes(), Online: c.Online}
		}
		data, err := proto.Marshal(p)
		if err != nil {
			return err
		}
		msgs = append(msgs, bus.Message{Topic: Topic, Data: data})
	}
	return a.publish(ctx, msgs...)
}

// Typing implements roster.Announcer.
func (a Announcer) Typing(ctx context.Context, t roster.Typing) error {
	typing := &eventv1.Typing{ConversationId: t.Conversation.Bytes(), UserId: t.User.Bytes()}
	if !t.Recipient.IsZero() {
		typing.RecipientId = t.Recipient.Bytes()
	}
	data, err := proto.Marshal(&eventv1.Bell{Typing: typing})
	if err != nil {
		return err
	}
	return a.publish(ctx, bus.Message{Topic: "conversation." + t.Conversation.String(), Data: data})
}

func (a Announcer) publish(ctx context.Context, msgs ...bus.Message) error {
	if err := a.Bus.Publish(ctx, msgs...); err != nil {
		return fault.Wrap(err, fault.Unavailable, "unavailable", "presence could not be announced")
	}
	return nil
}
