package hub_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/lair-chat/lair/pkg/bus"
	"github.com/lair-chat/lair/pkg/bus/membus"
	"github.com/lair-chat/lair/pkg/id"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	"github.com/lair-chat/lair/services/gateway/internal/frame"
	"github.com/lair-chat/lair/services/gateway/internal/hub"
)

// world is a running hub between a journal and a bus. What is committed rings
// no bell unless the test rings it.
type world struct {
	*hub.Hub
	t       *testing.T
	journal *journal
	bus     *bells
	stats   *stats
	encoder *encoder
}

// run runs the test with a world in a bubble.
func run(t *testing.T, test func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { runIn(t, test) })
}

// runIn is run for who is in a bubble.
func runIn(t *testing.T, test func(w *world)) {
	t.Helper()
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	synctest.Wait()
	test(w)
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// newWorld returns a world whose hub does not run.
func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{
		t: t, journal: newJournal(), stats: &stats{}, encoder: &encoder{calls: map[int64]int{}},
		bus: &bells{Bus: membus.New(), open: map[string]int{}},
	}
	w.Hub = hub.New(hub.Needs{
		Bus: w.bus, Source: w.journal, Encoder: w.encoder, Stats: w.stats, Log: slog.New(slog.DiscardHandler),
	})
	return w
}

// room is a conversation with n events.
func (w *world) room(n int) hub.Key {
	k := hub.Conversation(id.Conversation{UUID: id.New()})
	for range n {
		w.journal.say(k)
	}
	return k
}

func (w *world) client(form frame.Form) *client {
	return &client{t: w.t, user: id.User{UUID: id.New()}, form: form}
}

// follow attaches a new client at the head.
func (w *world) follow(k hub.Key, form frame.Form) *client {
	w.t.Helper()
	c := w.client(form)
	head := w.journal.head(k)
	if !w.Attach(c, k, head, head) {
		w.t.Fatal("a client at the head is behind")
	}
	synctest.Wait()
	return c
}

// ring rings for events of k; with none, only for the head.
func (w *world) ring(k hub.Key, events ...*hub.Event) {
	bell := &eventv1.Bell{Head: w.journal.head(k)}
	for _, e := range events {
		if bell.Head = e.Seq(); e.User != nil {
			bell.UserEvents = append(bell.UserEvents, e.User)
		} else {
			bell.Events = append(bell.Events, e.Conversation)
		}
	}
	w.publish(k.Topic(), bell)
}

func (w *world) publish(topic string, m proto.Message) {
	data, err := proto.Marshal(m)
	if err == nil {
		err = w.bus.Publish(context.Background(), bus.Message{Topic: topic, Data: data})
	}
	if err != nil {
		w.t.Error(err)
	}
}

// pass lets time pass, in which the hub may do what it has to do.
func (w *world) pass(d time.Duration) {
	time.Sleep(d) // in a bubble
	synctest.Wait()
}

// bells is a bus that counts its subscriptions.
type bells struct {
	*membus.Bus
	mu   sync.Mutex
	open map[string]int
	all  int
}

func (b *bells) Subscribe(topic string, h bus.Handler) func() {
	b.mu.Lock()
	b.open[topic]++
	b.all++
	b.mu.Unlock()
	stop := b.Bus.Subscribe(topic, h)
	return func() {
		stop()
		b.mu.Lock()
		defer b.mu.Unlock()
		b.open[topic]--
	}
}

// wantOpen fails unless, when all is quiet, n subscriptions of k are in force.
func (w *world) wantOpen(k hub.Key, n int) {
	w.t.Helper()
	synctest.Wait()
	w.bus.mu.Lock()
	defer w.bus.mu.Unlock()
	if got := w.bus.open[k.Topic()]; got != n {
		w.t.Errorf("%d subscriptions are open, want %d", got, n)
	}
}

// encoder shows events as they are. A plain client gets those with an even
// position only.
type encoder struct {
	mu     sync.Mutex
	calls  map[int64]int // by position
	during func()
}

func (e *encoder) Event(_ context.Context, x *hub.Event) (v any, plain bool) {
	e.mu.Lock()
	e.calls[x.Seq()]++
	during := e.during
	e.mu.Unlock()
	if during != nil {
		during()
	}
	k := hub.User(id.User{UUID: raw(x.User.GetUserId())})
	if x.User == nil {
		k = hub.Conversation(id.Conversation{UUID: raw(x.Conversation.GetConversationId())})
	}
	return shown{"event", k.Topic(), x.Seq()}, x.Seq()%2 == 0
}

func (*encoder) Typing(_ context.Context, t *eventv1.Typing) any {
	return shown{"typing", raw(t.GetUserId()).String(), 0}
}

func (*encoder) Presence(_ context.Context, c *eventv1.PresenceChange) any {
	return shown{"presence", raw(c.GetUserId()).String(), 0}
}

func (*encoder) Reset(k hub.Key, head int64) any { return shown{"reset", k.Topic(), head} }

func raw(b []byte) id.UUID {
	u, _ := id.FromBytes(b)
	return u
}

// stats adds up what it hears.
type stats struct {
	mu                         sync.Mutex
	delivered, healed, follows int
	clients                    int
	since                      time.Duration
}

func (s *stats) Delivered(_ context.Context, events, clients int, since time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.delivered += events
	s.clients += clients
	s.since = since
}

func (s *stats) Healed(events int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.healed += events
}

func (s *stats) Following(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.follows = n
}
