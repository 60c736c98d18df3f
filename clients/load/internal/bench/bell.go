package bench

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/lair-chat/lair/pkg/bus"
	"github.com/lair-chat/lair/pkg/bus/redisbus"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/redisdb"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
)

// bellRinger returns a function that rings the bell of a message on Redis as
// the message service does after a commit. The message is nowhere stored.
func (b *bench) bellRinger(ctx context.Context, room id.Room) (ring func(seq int64) error, stop func(), err error) {
	client, err := redisdb.Open(b.stack.Redis.URL())
	if err != nil {
		return nil, nil, err
	}
	on := redisbus.New(client, slog.New(slog.DiscardHandler))
	author, c := b.people.IDs[0], room.Conversation()
	ring = func(seq int64) error {
		now := time.Now().UnixMicro()
		m := &eventv1.Message{
			Id: id.New().Bytes(), ConversationId: c.Bytes(), Seq: seq, AuthorId: author.Bytes(), ClientMsgId: fmt.Sprint("run-", seq),
			ContentType: "text/plain", Content: fmt.Appendf(nil, "%d is the number of this message, and the rest of its words are here for their length only: lorem", seq),
			CreatedAt: now,
		}
		data, err := proto.Marshal(&eventv1.Bell{Head: seq, Events: []*eventv1.Event{{
			ConversationId: c.Bytes(), Seq: seq, At: now, ActorId: author.Bytes(),
			Body: &eventv1.Body{Kind: &eventv1.Body_MessageSent{MessageSent: &eventv1.MessageSent{Message: m}}},
		}}})
		if err != nil {
			return err
		}
		return on.Publish(ctx, bus.Message{Topic: "conversation." + c.String(), Data: data})
	}
	return ring, func() { _ = client.Close() }, nil
}
