// Package bustest is the contract of bus.Bus, as a test.
package bustest

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/lair-chat/lair/pkg/bus"
)

// Ear is a handler for tests: it keeps what it hears.
type Ear struct {
	listening chan struct{}
	heard     chan string
}

// NewEar returns an ear.
func NewEar() *Ear { return &Ear{make(chan struct{}, 1000), make(chan string, 10_000)} }

// Listening implements bus.Handler.
func (e *Ear) Listening() { e.listening <- struct{}{} }

// Deliver implements bus.Handler.
func (e *Ear) Deliver(data []byte) { e.heard <- string(data) }

// AwaitListening waits until the subscription is in force.
func (e *Ear) AwaitListening(tb testing.TB) {
	tb.Helper()
	await(tb, e.listening, "the subscription")
}

// Next waits for a message.
func (e *Ear) Next(tb testing.TB) string {
	tb.Helper()
	return await(tb, e.heard, "a message")
}

// Nothing fails the test if a message was heard.
func (e *Ear) Nothing(tb testing.TB) {
	tb.Helper()
	select {
	case s := <-e.heard:
		tb.Errorf("heard %q", s)
	default:
	}
}

func await[T any](tb testing.TB, c <-chan T, what string) T {
	tb.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(30 * time.Second): // a hang, not a measurement
		tb.Fatalf("waited in vain for %s", what)
		panic("unreachable")
	}
}

// Run checks buses that open returns. Two calls with one test must return
// buses that hear each other: they stand for two processes.
func Run(t *testing.T, open func(testing.TB) (here, there bus.Bus)) {
	t.Helper()
	listen := func(t *testing.T, b bus.Bus, topic string) (*Ear, func()) {
		t.Helper()
		ear := NewEar()
		stop := b.Subscribe(topic, ear)
		t.Cleanup(stop)
		ear.AwaitListening(t)
		return ear, stop
	}
	publish := func(t *testing.T, b bus.Bus, topic string, data ...string) {
		t.Helper()
		var list []bus.Message
		for _, d := range data {
			list = append(list, bus.Message{Topic: topic, Data: []byte(d)})
		}
		if err := b.Publish(t.Context(), list...); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("DeliversToEverySubscriberInOrder", func(t *testing.T) {
		here, there := open(t)
		a, _ := listen(t, here, "room.1")
		b, _ := listen(t, there, "room.1")
		c, _ := listen(t, there, "room.1")
		var want []string
		for i := range 500 {
			want = append(want, strconv.Itoa(i))
		}
		publish(t, here, "room.1", want...)
		for _, ear := range []*Ear{a, b, c} {
			var got []string
			for range want {
				got = append(got, ear.Next(t))
			}
			if !slices.Equal(got, want) {
				t.Fatalf("got %v", got)
			}
		}
	})
	t.Run("TopicsAreApart", func(t *testing.T) {
		here, there := open(t)
		one, _ := listen(t, there, "room.1")
		two, _ := listen(t, there, "room.2")
		publish(t, here, "room.1", "for one")
		publish(t, here, "room.2", "for two")
		publish(t, here, "room.3", "for nobody")
		if got := one.Next(t); got != "for one" {
			t.Errorf("got %q", got)
		}
		if got := two.Next(t); got != "for two" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("StoppedSubscriptionHearsNothing", func(t *testing.T) {
		here, _ := open(t)
		gone, stop := listen(t, here, "room.1")
		stays, _ := listen(t, here, "room.1")
		stop()
		stop() // once more is harmless
		publish(t, here, "room.1", "a")
		stays.Next(t)
		gone.Nothing(t)
	})
	t.Run("SubscribesAgain", func(t *testing.T) {
		here, there := open(t)
		for i := range 20 {
			ear, stop := listen(t, here, "room.1")
			publish(t, there, "room.1", strconv.Itoa(i))
			if got := ear.Next(t); got != strconv.Itoa(i) {
				t.Fatalf("got %q, want %d", got, i)
			}
			stop()
		}
	})
	t.Run("HandlerMayStopItself", func(t *testing.T) {
		here, _ := open(t)
		h := &quitter{done: make(chan struct{})}
		h.mu.Lock()
		h.stop = here.Subscribe("room.1", h)
		h.mu.Unlock()
		await(t, h.done, "the handler")
	})
	t.Run("PublishesNothing", func(t *testing.T) {
		here, _ := open(t)
		if err := here.Publish(t.Context()); err != nil {
			t.Error(err)
		}
	})
	t.Run("PublishEndsWithItsContext", func(t *testing.T) {
		here, _ := open(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := here.Publish(ctx, bus.Message{Topic: "room.1"}); err == nil {
			t.Error("no error")
		}
	})
	t.Run("ManyAtOnce", func(t *testing.T) {
		here, there := open(t)
		const people, words = 8, 50
		var ears []*Ear
		for i := range people {
			ear, _ := listen(t, there, fmt.Sprintf("room.%d", i))
			ears = append(ears, ear)
		}
		var g sync.WaitGroup
		for i := range people {
			g.Go(func() {
				for j := range words {
					if err := here.Publish(t.Context(), bus.Message{Topic: fmt.Sprintf("room.%d", i), Data: fmt.Append(nil, j)}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		g.Wait()
		for _, ear := range ears {
			for j := range words {
				if got := ear.Next(t); got != strconv.Itoa(j) {
					t.Fatalf("got %q, want %d", got, j)
				}
			}
		}
	})
}

type quitter struct {
	mu   sync.Mutex
	stop func()
	done chan struct{}
}

func (q *quitter) Listening() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.stop()
	close(q.done)
}

func (*quitter) Deliver([]byte) {}
