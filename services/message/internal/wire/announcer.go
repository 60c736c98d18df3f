package wire

import (
	"context"
	"log/slog"
	"sync"

	"go.opentelemetry.io/otel/trace"
	"google.golang.org/protobuf/proto"

	"github.com/lair-chat/lair/pkg/bus"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/tracing"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	"github.com/lair-chat/lair/services/internal/journal"
	"github.com/lair-chat/lair/services/message/internal/timeline"
)

// maxBell is the size of events, in bytes, up to which they travel with the
// bell. What is larger is only named, and fetched by those who want it.
const maxBell = 16 << 10

// maxWaiting is how many messages may wait for the bus. Beyond it only the
// newest position of each conversation is kept.
const maxWaiting = 16384

// Announcer rings the bus for what was committed. It implements timeline.Wire.
// Everything that waits goes out in one pipeline, so a slow bus makes larger
// pipelines, not a longer queue. A lost bell is no harm: gateways compare
// heads with the database.
type Announcer struct {
	bus    bus.Bus
	log    *slog.Logger
	tracer trace.Tracer

	mu       sync.Mutex
	messages []timeline.Message
	users    []*journal.UserEvent
	changes  []timeline.Event
	heads    map[id.Conversation]int64 // of messages that found no room
	wake     chan struct{}
}

// NewAnnouncer returns an announcer; Run must be running.
func NewAnnouncer(b bus.Bus, log *slog.Logger, tracer trace.Tracer) *Announcer {
	return &Announcer{bus: b, log: log, tracer: tracer, heads: map[id.Conversation]int64{}, wake: make(chan struct{}, 1)}
}

// Added implements timeline.Wire.
func (a *Announcer) Added(c id.Conversation, peer id.User, first int64) []byte {
	body, err := proto.Marshal(&eventv1.UserBody{Kind: &eventv1.UserBody_ConversationAdded{
		ConversationAdded: &eventv1.ConversationAdded{
			ConversationId: c.Bytes(), Kind: eventv1.ConversationKind_CONVERSATION_KIND_DIRECT,
			PeerId: peer.Bytes(), FirstSeq: first,
		},
	}})
	if err != nil {
		panic(err) // a message of bytes and numbers
	}
	return body
}

// Sent implements timeline.Wire.
func (a *Announcer) Sent(messages []timeline.Message) {
	a.mu.Lock()
	for _, m := range messages {
		// What follows one that found no room finds none either: events of a
		// conversation travel without holes, and the newest position is last.
		if _, full := a.heads[m.Conversation]; full || len(a.messages) >= maxWaiting {
			a.heads[m.Conversation] = m.Seq
		} else {
			a.messages = append(a.messages, m)
		}
	}
	a.mu.Unlock()
	a.ring()
}

// Opened implements timeline.Wire.
func (a *Announcer) Opened(events []*journal.UserEvent) {
	a.mu.Lock()
	if len(a.users) < maxWaiting {
		a.users = append(a.users, events...)
	}
	a.mu.Unlock()
	a.ring()
}

func (a *Announcer) ring() {
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// Run publishes until ctx ends, and what waits then.
func (a *Announcer) Run(ctx context.Context) error {
	work := context.WithoutCancel(ctx)
	for {
		select {
		case <-a.wake:
			a.flush(work)
		case <-ctx.Done():
			a.flush(work)
			return nil
		}
	}
}

func (a *Announcer) flush(ctx context.Context) {
	a.mu.Lock()
	messages, users, changes, heads := a.messages, a.users, a.changes, a.heads
	a.messages, a.users, a.changes = nil, nil, nil
	if len(heads) > 0 {
		a.heads = map[id.Conversation]int64{}
	}
	a.mu.Unlock()
	bells := append(userBells(users), conversationBells(messages, heads)...)
	bells = append(bells, changeBells(changes)...)
	if len(bells) == 0 {
		return
	}
	ctx, span := tracing.Join(ctx, a.tracer, "publish", parents(messages, changes))
	defer span.End()
	if err := a.bus.Publish(ctx, bells...); err != nil {
		a.log.WarnContext(ctx, "bells were not rung", "bells", len(bells), "err", err)
	}
}

// parents returns the spans of those that have one.
func parents(messages []timeline.Message, changes []timeline.Event) (found [][]byte) {
	add := func(m *timeline.Message) {
		if m.Origin.Trace != nil {
			found = append(found, m.Origin.Trace)
		}
	}
	for i := range messages {
		add(&messages[i])
	}
	for _, e := range changes {
		add(e.About)
	}
	return found
}

// conversationBells makes as few bells as the bound on their size allows, in
// the order of the messages of each conversation.
func conversationBells(messages []timeline.Message, heads map[id.Conversation]int64) []bus.Message {
	type open struct {
		bell *eventv1.Bell
		size int
	}
	var bells []bus.Message
	current := make(map[id.Conversation]*open)
	finish := func(c id.Conversation, o *open) {
		if len(o.bell.GetEvents()) > 0 {
			bells = append(bells, bell("conversation."+c.String(), o.bell))
		}
	}
	for _, m := range messages {
		c := m.Conversation
		o := current[c]
		e := Sent(m)
		size := proto.Size(e)
		if o == nil || o.size+size > maxBell {
			if o != nil {
				finish(c, o)
			}
			o = &open{bell: &eventv1.Bell{}}
			current[c] = o
		}
		o.bell.Head = m.Seq
		if size > maxBell {
			bells = append(bells, bell("conversation."+c.String(), &eventv1.Bell{Head: m.Seq}))
			continue
		}
		o.bell.Events = append(o.bell.GetEvents(), e)
		o.size += size
	}
	for c, o := range current {
		finish(c, o)
	}
	for c, seq := range heads {
		bells = append(bells, bell("conversation."+c.String(), &eventv1.Bell{Head: seq}))
	}
	return bells
}

func userBells(events []*journal.UserEvent) []bus.Message {
	bells := make([]bus.Message, 0, len(events))
	for _, e := range events {
		w, err := UserEvent(*e)
		if err != nil {
			continue // encoded above, by Added
		}
		bells = append(bells, bell("user."+e.User.String(), &eventv1.Bell{UserEvents: []*eventv1.UserEvent{w}, Head: e.Seq}))
	}
	return bells
}

func bell(topic string, b *eventv1.Bell) bus.Message {
	data, err := proto.Marshal(b)
	if err != nil {
		panic(err) // only strings that are not UTF-8 can fail, and drafts are checked
	}
	return bus.Message{Topic: topic, Data: data}
}
