package wire_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/trace/noop"
	"google.golang.org/protobuf/proto"

	"github.com/lair-chat/lair/pkg/bus"
	"github.com/lair-chat/lair/pkg/id"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	"github.com/lair-chat/lair/services/internal/journal"
	"github.com/lair-chat/lair/services/message/internal/timeline"
	"github.com/lair-chat/lair/services/message/internal/wire"
)

const maxBell = 16 << 10

// tape is a bus that keeps what is published, one entry for each pipeline.
type tape struct {
	mu    sync.Mutex
	calls [][]bus.Message
	err   error
	gate  chan struct{} // pipelines wait for it
}

func (b *tape) Publish(_ context.Context, msgs ...bus.Message) error {
	b.mu.Lock()
	b.calls = append(b.calls, msgs)
	gate, err := b.gate, b.err
	b.mu.Unlock()
	if gate != nil {
		<-gate
	}
	return err
}

func (*tape) Subscribe(string, bus.Handler) func() { panic("messages hear nothing") }

func (b *tape) set(err error, gate chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.err, b.gate = err, gate
}

// world is an announcer that runs before a tape.
type world struct {
	*wire.Announcer
	*tape
	t *testing.T
}

// bells returns those of a topic, decoded, and how many pipelines there were.
func (b *world) bells(topic string) (list []*eventv1.Bell, pipelines int) {
	b.t.Helper()
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, call := range b.calls {
		for _, m := range call {
			if m.Topic != topic {
				continue
			}
			bell := &eventv1.Bell{}
			if err := proto.Unmarshal(m.Data, bell); err != nil {
				b.t.Fatal(err)
			}
			list = append(list, bell)
		}
	}
	return list, len(b.calls)
}

// run runs the test with an announcer, in a bubble, and stops it then.
func run(t *testing.T, test func(*world)) string {
	t.Helper()
	var log bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		b := &tape{}
		a := wire.NewAnnouncer(b, slog.New(slog.NewTextHandler(&log, nil)), noop.Tracer{})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- a.Run(ctx) }()
		test(&world{a, b, t})
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return log.String()
}

var (
	at   = time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC)
	ann  = id.User{UUID: id.New()}
	hall = id.Conversation{UUID: id.New()}
	den  = id.Conversation{UUID: id.New()}
)

// said are messages of a conversation whose contents have the given sizes.
func said(c id.Conversation, first int64, sizes ...int) []timeline.Message {
	list := make([]timeline.Message, len(sizes))
	for i, size := range sizes {
		list[i] = timeline.Message{
			ID: id.Message{UUID: id.New()}, Conversation: c, Seq: first + int64(i), Author: ann, ClientMsgID: "a",
			ContentType: timeline.Text, Content: bytes.Repeat([]byte("x"), size), CreatedAt: at,
		}
	}
	return list
}

func topic(c id.Conversation) string { return "conversation." + c.String() }

func TestMessagesThatWaitShareABell(t *testing.T) {
	run(t, func(w *world) {
		messages := said(hall, 7, 1, 2, 3)
		w.Sent([]timeline.Message{messages[0], said(den, 1, 9)[0], messages[1], messages[2]})
		want := &eventv1.Bell{Head: 9, Events: []*eventv1.Event{wire.Sent(messages[0]), wire.Sent(messages[1]), wire.Sent(messages[2])}}
		bells, pipelines := w.bells(topic(hall))
		if pipelines != 1 || len(bells) != 1 || !proto.Equal(bells[0], want) {
			w.t.Errorf("%d pipelines, bells %v, want %v", pipelines, bells, want)
		}
		if bells, _ := w.bells(topic(den)); len(bells) != 1 || bells[0].GetHead() != 1 || len(bells[0].GetEvents()) != 1 {
			w.t.Errorf("bells %v", bells)
		}
	})
}

// wantSeqs expects bells whose events and heads go on from 1 to last,
// without holes but for the seqs that are too large to travel.
func wantSeqs(t *testing.T, bells []*eventv1.Bell, last int64, large ...int64) {
	t.Helper()
	next := int64(1)
	named := make(map[int64]bool)
	for _, seq := range large {
		named[seq] = true
	}
	for _, bell := range bells {
		size := 0
		for _, e := range bell.GetEvents() {
			if e.GetSeq() != next || named[next] {
				t.Fatalf("event %d instead of %d", e.GetSeq(), next)
			}
			next++
			size += proto.Size(e)
		}
		for named[next] && next <= bell.GetHead() {
			next++
		}
		if size > maxBell {
			t.Errorf("a bell of %d bytes", size)
		}
		if bell.GetHead() != next-1 {
			t.Errorf("a bell with head %d before event %d", bell.GetHead(), next)
		}
	}
	if next != last+1 {
		t.Errorf("the last event is %d, want %d", next-1, last)
	}
}

func TestBellsAreBoundedAndInOrder(t *testing.T) {
	run(t, func(w *world) {
		var sizes []int
		for i := range 60 {
			sizes = append(sizes, i*1500%timeline.MaxContent)
		}
		w.Sent(said(hall, 1, sizes...))
		bells, pipelines := w.bells(topic(hall))
		wantSeqs(w.t, bells, 60)
		if n := len(bells); n < 5 || n > 15 || pipelines != 1 {
			w.t.Errorf("%d bells in %d pipelines", n, pipelines)
		}
	})
}

func TestWhatIsTooLargeIsOnlyNamed(t *testing.T) {
	for name, test := range map[string]struct {
		sizes []int
		large []int64
		bells int
	}{
		"Alone":  {[]int{maxBell}, []int64{1}, 1},
		"First":  {[]int{maxBell, 1}, []int64{1}, 2},
		"Amid":   {[]int{1, 1, maxBell, 1}, []int64{3}, 3},
		"Last":   {[]int{1, maxBell}, []int64{2}, 2},
		"Two":    {[]int{1, maxBell, maxBell, 1, 1}, []int64{2, 3}, 4},
		"Almost": {[]int{maxBell - 400, 1}, nil, 1},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(w *world) {
				w.Sent(said(hall, 1, test.sizes...))
				bells, _ := w.bells(topic(hall))
				wantSeqs(w.t, bells, int64(len(test.sizes)), test.large...)
				if len(bells) != test.bells {
					w.t.Errorf("%d bells", len(bells))
				}
			})
		})
	}
}

func TestWhatArrivesDuringAPipelineGoesIntoTheNext(t *testing.T) {
	run(t, func(w *world) {
		gate := make(chan struct{})
		w.set(nil, gate)
		for seq := range int64(20) {
			w.Sent(said(hall, seq+1, 10))
			synctest.Wait()
		}
		close(gate)
		bells, pipelines := w.bells(topic(hall))
		wantSeqs(w.t, bells, 20)
		if pipelines != 2 {
			w.t.Errorf("%d pipelines", pipelines)
		}
	})
}

// TestOverflowBecomesHeads: whoever hears the bell asks for the rest.
func TestOverflowBecomesHeads(t *testing.T) {
	run(t, func(w *world) {
		gate := make(chan struct{})
		w.set(nil, gate)
		w.Sent(said(den, 1, 1))
		synctest.Wait() // it is being published
		w.Sent(said(hall, 1, make([]int, wire.MaxWaiting-2)...))
		w.Sent(said(hall, wire.MaxWaiting-1, make([]int, 7)...)) // for two of them there is room
		w.Sent(said(hall, wire.MaxWaiting+6, 1))
		w.Sent(said(den, 2, 1, 1))
		close(gate)
		bells, pipelines := w.bells(topic(hall))
		if pipelines != 2 || len(bells) < 2 {
			w.t.Fatalf("%d bells in %d pipelines", len(bells), pipelines)
		}
		last := len(bells) - 1
		wantSeqs(w.t, bells[:last], wire.MaxWaiting)
		if !proto.Equal(bells[last], &eventv1.Bell{Head: wire.MaxWaiting + 6}) {
			w.t.Errorf("the last bell is %v", bells[last])
		}
		bells, _ = w.bells(topic(den))
		if len(bells) != 2 || !proto.Equal(bells[1], &eventv1.Bell{Head: 3}) {
			w.t.Errorf("bells %v", bells)
		}
		// With room again, messages travel again.
		w.Sent(said(den, 4, 1))
		if bells, _ := w.bells(topic(den)); len(bells) != 3 || len(bells[2].GetEvents()) != 1 {
			w.t.Errorf("bells %v", bells)
		}
	})
}

func TestFailedPipelineIsOnlyLogged(t *testing.T) {
	log := run(t, func(w *world) {
		w.set(errors.New("the bus is away"), nil)
		w.Sent(said(hall, 1, 1))
		synctest.Wait()
		w.set(nil, nil)
		w.Sent(said(hall, 2, 1))
		bells, _ := w.bells(topic(hall))
		wantSeqs(w.t, bells, 2)
	})
	if n := strings.Count(log, "the bus is away"); n != 1 {
		t.Errorf("logged %q", log)
	}
}

func TestStopPublishesWhatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &tape{}
		a := wire.NewAnnouncer(b, slog.New(slog.DiscardHandler), noop.Tracer{})
		ctx, cancel := context.WithCancel(t.Context())
		a.Sent(said(hall, 1, 1, 1))
		a.Opened([]*journal.UserEvent{{User: ann, Seq: 4, At: at, Body: a.Added(den, ann, 1)}})
		cancel()
		if err := a.Run(ctx); err != nil {
			t.Error(err)
		}
		w := &world{a, b, t}
		bells, _ := w.bells(topic(hall))
		wantSeqs(t, bells, 2)
		want := &eventv1.Bell{Head: 4, UserEvents: []*eventv1.UserEvent{{
			UserId: ann.Bytes(), Seq: 4, At: at.UnixMicro(),
			Body: &eventv1.UserBody{Kind: &eventv1.UserBody_ConversationAdded{ConversationAdded: &eventv1.ConversationAdded{
				ConversationId: den.Bytes(), Kind: eventv1.ConversationKind_CONVERSATION_KIND_DIRECT, PeerId: ann.Bytes(), FirstSeq: 1,
			}}},
		}}}
		if bells, _ := w.bells("user." + ann.String()); len(bells) != 1 || !proto.Equal(bells[0], want) {
			t.Errorf("bells %v, want %v", bells, want)
		}
	})
}
