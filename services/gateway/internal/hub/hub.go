// Package hub knows which clients on this pod follow which sequence of events,
// and brings each event to all of them, in order and without holes. Start at
// Attach and deliver.
//
// The bus is only a doorbell: it may lose, repeat and reorder. The hub keeps
// one position per sequence and moves it only by the next event, which comes
// from the bell or, when the bell does not have it, from the database: one
// reading for all clients of the pod.
package hub

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/lair-chat/lair/pkg/bus"
	"github.com/lair-chat/lair/pkg/id"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	"github.com/lair-chat/lair/services/gateway/internal/frame"
)

// Client is a connection that follows sequences. Its methods must not block,
// and may be called by any goroutine.
type Client interface {
	User() id.User
	Form() frame.Form
	// Push hands over frames. A client that cannot take them ends its own
	// connection; it is detached then.
	Push(frames []byte)
	// PushPassing hands over frames that may be dropped.
	PushPassing(frames []byte)
	// Added tells that the user is now part of a conversation from the event
	// first on. The client attaches itself. Calls come in the order of the
	// events.
	Added(c id.Conversation, first int64)
}

// Page is a stretch of a sequence.
type Page struct {
	Events []*Event
	// Reset is set, with the head, if the position does not join up with the
	// log.
	Reset bool
	Head  int64
}

// Source reads sequences from the database, for all users of the pod.
type Source interface {
	Events(ctx context.Context, k Key, after int64, limit int) (Page, error)
	// Heads returns the newest positions of those that exist.
	Heads(ctx context.Context, keys []Key) (map[Key]int64, error)
}

// Encoder makes what clients read. It may ask for names, so it may wait a
// little; it never fails, and does without a name rather.
type Encoder interface {
	// Event returns the frame of an event, and whether plain clients get it.
	Event(ctx context.Context, e *Event) (v any, plain bool)
	Typing(ctx context.Context, t *eventv1.Typing) any
	Presence(ctx context.Context, c *eventv1.PresenceChange) any
	Reset(k Key, head int64) any
}

// Stats hears what the hub does. Its methods must not block.
type Stats interface {
	// Delivered says how many events went to how many clients, and how long
	// after the first of them was committed.
	Delivered(ctx context.Context, events, clients int, since time.Duration)
	// Healed says that events were missing and were read from the database.
	Healed(events int)
	// Following says how many sequences the pod follows.
	Following(sequences int)
}

// Needs is what a hub is built from.
type Needs struct {
	Bus     bus.Bus
	Source  Source
	Encoder Encoder
	Stats   Stats
	Log     *slog.Logger
	Tracer  trace.Tracer // nil makes no spans
}

// Timings of the hub.
const (
	hold       = 50 * time.Millisecond // how long an early event waits for the one before it
	retry      = 500 * time.Millisecond
	compare    = 4 * time.Second // between two comparisons of all heads
	healPage   = 500
	headsBatch = 5000
)

// Hub is the hub of one pod. It is safe for concurrent use.
type Hub struct {
	needs Needs
	work  context.Context // ends when Run does
	stop  context.CancelFunc

	mu      sync.Mutex
	streams map[Key]*stream
	unsure  map[Key]struct{} // streams whose heads are to be compared
	wake    chan struct{}

	runners sync.WaitGroup
	ending  sync.RWMutex // held while a runner begins, and while work ends
	passing chan *eventv1.PresenceChange
}

// New returns a hub; Run must be running.
func New(n Needs) *Hub {
	if n.Tracer == nil {
		n.Tracer = noop.Tracer{}
	}
	work, stop := context.WithCancel(context.Background())
	return &Hub{
		needs: n, work: work, stop: stop,
		streams: make(map[Key]*stream), unsure: make(map[Key]struct{}), wake: make(chan struct{}, 1),
		passing: make(chan *eventv1.PresenceChange, 1024),
	}
}

// Attach makes client follow the sequence after position after. head is a
// position that the database has reached for certain, and at which the user was
// part of the conversation or about to be: no departure up to it concerns the
// client. It is where the pod begins if nobody here follows the sequence yet.
// Attach reports whether the
// client now gets all events live; if not, it is behind the pod: the caller
// brings it what is missing and calls Promote.
func (h *Hub) Attach(client Client, k Key, after, head int64) (live bool) {
	for {
		s := h.stream(k, head)
		if live, ok := s.attach(client, after, head); ok {
			return live
		}
		// The last one left in this moment; there will be a new stream.
	}
}

// Standing is where a client stands with a sequence.
type Standing uint8

// The standings.
const (
	Detached Standing = iota // it does not follow the sequence, or no longer
	Behind                   // the pod is ahead of it
	Live                     // it gets all events as they come
)

// Promote says that a client which is behind has everything before next. It is
// live then, unless the pod is ahead again.
func (h *Hub) Promote(client Client, k Key, next int64) Standing {
	h.mu.Lock()
	s := h.streams[k]
	h.mu.Unlock()
	if s == nil {
		return Detached
	}
	return s.promote(client, next)
}

// Leave says that the user of a client which is behind left with the event last,
// which the client has. The client is detached then, unless the user has come
// back since. Leave reports whether it is detached.
func (h *Hub) Leave(client Client, k Key, last int64) bool {
	h.mu.Lock()
	s := h.streams[k]
	h.mu.Unlock()
	return s == nil || s.leave(client, last)
}

// Detach ends what Attach began.
func (h *Hub) Detach(client Client, k Key) {
	h.mu.Lock()
	s := h.streams[k]
	h.mu.Unlock()
	if s != nil {
		s.detach(client)
	}
}

// stream returns the stream of k, made if need be.
func (h *Hub) stream(k Key, head int64) *stream {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s := h.streams[k]; s != nil {
		return s
	}
	s := &stream{hub: h, key: k, head: head}
	h.streams[k] = s
	h.needs.Stats.Following(len(h.streams))
	s.unsubscribe = h.needs.Bus.Subscribe(k.Topic(), s)
	return s
}

// remove forgets a stream without clients.
func (h *Hub) remove(s *stream) {
	h.mu.Lock()
	if h.streams[s.key] == s {
		delete(h.streams, s.key)
	}
	delete(h.unsure, s.key)
	h.needs.Stats.Following(len(h.streams))
	h.mu.Unlock()
	// Not under the lock: it waits for a handler that may want it.
	go s.unsubscribe()
}

// Run compares heads and carries presence until ctx ends, then waits for what
// is being delivered.
func (h *Hub) Run(ctx context.Context) error {
	defer h.end()
	unsubscribe := h.needs.Bus.Subscribe("presence", presenceHandler{h})
	defer unsubscribe()
	var all sync.WaitGroup
	defer all.Wait()
	all.Go(func() { h.carryPresence(ctx) })
	clock := time.NewTimer(jitter(compare))
	defer clock.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-h.wake:
		case <-clock.C:
			h.mu.Lock()
			for k := range h.streams {
				h.unsure[k] = struct{}{}
			}
			h.mu.Unlock()
			clock.Reset(jitter(compare))
		}
		h.compareHeads(ctx)
	}
}

// begin starts the runner of a stream, unless all work has ended.
func (h *Hub) begin(run func()) bool {
	h.ending.RLock()
	defer h.ending.RUnlock()
	if h.work.Err() != nil {
		return false
	}
	h.runners.Go(run)
	return true
}

// end ends all work and waits for what is being delivered.
func (h *Hub) end() {
	h.ending.Lock()
	h.stop()
	h.ending.Unlock()
	h.runners.Wait()
}

// doubt asks for a comparison of the stream's head with the database.
func (h *Hub) doubt(k Key) {
	h.mu.Lock()
	h.unsure[k] = struct{}{}
	h.mu.Unlock()
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// compareHeads asks the database for the heads in doubt. Those that it cannot
// have stay in doubt until the clock strikes.
func (h *Hub) compareHeads(ctx context.Context) {
	h.mu.Lock()
	keys := make([]Key, 0, len(h.unsure))
	for k := range h.unsure {
		keys = append(keys, k)
	}
	clear(h.unsure)
	h.mu.Unlock()
	for len(keys) > 0 && ctx.Err() == nil {
		n := min(len(keys), headsBatch)
		heads, err := h.needs.Source.Heads(ctx, keys[:n])
		if err != nil {
			if ctx.Err() == nil {
				h.needs.Log.WarnContext(ctx, "heads were not compared", "err", err)
			}
			return
		}
		for k, seq := range heads {
			h.mu.Lock()
			s := h.streams[k]
			h.mu.Unlock()
			if s != nil {
				s.hear(nil, seq)
			}
		}
		keys = keys[n:]
	}
}

func jitter(d time.Duration) time.Duration {
	return d + rand.N(d/4) //nolint:gosec // spreads load, guards nothing
}

// Follows reports whether the client follows the sequence and has caught up.
func (h *Hub) Follows(client Client, k Key) bool {
	h.mu.Lock()
	s := h.streams[k]
	h.mu.Unlock()
	return s != nil && s.follows(client)
}
