// Package membus is a bus within one process.
package membus

import (
	"context"
	"sync"

	"github.com/lair-chat/lair/pkg/bus"
)

// Bus implements bus.Bus. Nothing is lost, and each subscription hears what was
// published in the order of the calls. What waits for a slow handler stays in
// memory; handlers must not block.
type Bus struct {
	mu     sync.RWMutex
	topics map[string][]*subscription
}

// New returns a bus.
func New() *Bus { return &Bus{topics: map[string][]*subscription{}} }

// Publish implements bus.Bus.
func (b *Bus) Publish(ctx context.Context, msgs ...bus.Message) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	for _, m := range msgs {
		for _, s := range b.topics[m.Topic] {
			s.push(func() { s.handler.Deliver(m.Data) })
		}
	}
	return nil
}

// Subscribe implements bus.Bus.
func (b *Bus) Subscribe(topic string, h bus.Handler) func() {
	s := &subscription{handler: h}
	b.mu.Lock()
	// A new slice, because Publish may be walking the old one.
	b.topics[topic] = append(append([]*subscription(nil), b.topics[topic]...), s)
	b.mu.Unlock()
	s.push(h.Listening)
	return func() {
		b.remove(topic, s)
		s.end()
	}
}

func (b *Bus) remove(topic string, s *subscription) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var rest []*subscription
	for _, other := range b.topics[topic] {
		if other != s {
			rest = append(rest, other)
		}
	}
	if b.topics[topic] = rest; len(rest) == 0 {
		delete(b.topics, topic)
	}
}

// subscription calls its handler from a goroutine that lives only while there
// is something to call it with: an idle subscription costs no stack.
type subscription struct {
	handler bus.Handler

	mu      sync.Mutex
	queue   []func()
	running bool
	ended   bool
}

func (s *subscription) push(call func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return
	}
	s.queue = append(s.queue, call)
	if !s.running {
		s.running = true
		go s.run()
	}
}

func (s *subscription) run() {
	for {
		s.mu.Lock()
		if s.ended || len(s.queue) == 0 {
			s.running = false
			s.queue = nil
			s.mu.Unlock()
			return
		}
		calls := s.queue
		s.queue = nil
		s.mu.Unlock()
		for _, call := range calls {
			s.mu.Lock()
			ended := s.ended
			s.mu.Unlock()
			if ended {
				break
			}
			call()
		}
	}
}

// end stops further calls. It does not wait for one that is under way: that may
// be the very call that ends the subscription.
func (s *subscription) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	s.queue = nil
}
