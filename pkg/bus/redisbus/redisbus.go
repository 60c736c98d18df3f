// Package redisbus is a bus through Redis pub/sub.
package redisbus

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/lair-chat/lair/pkg/bus"
)

// Timings of the connection that listens.
const (
	silence    = 2 * time.Second // without a word, after which the server is asked for one
	firstPause = 50 * time.Millisecond
	longest    = 2 * time.Second
)

// maxPipeline bounds the messages of one pipeline.
const maxPipeline = 1000

// Bus implements bus.Bus. It listens to all topics through one connection, and
// to each topic once, however many subscribe to it here.
type Bus struct {
	client redis.UniversalClient
	log    *slog.Logger

	lost, interrupted atomic.Uint64

	mu     sync.Mutex
	topics map[string][]*subscription
	dirty  map[string]struct{} // topics that the server is to be told of
	wake   chan struct{}
}

type subscription struct {
	handler bus.Handler
}

// New returns a bus; Run must be running for subscriptions to hear. The client
// remains the caller's.
func New(client redis.UniversalClient, log *slog.Logger) *Bus {
	return &Bus{
		client: client, log: log, topics: map[string][]*subscription{},
		dirty: map[string]struct{}{}, wake: make(chan struct{}, 1),
	}
}

// Publish implements bus.Bus, with one round trip for many messages.
func (b *Bus) Publish(ctx context.Context, msgs ...bus.Message) error {
	for batch := range slices.Chunk(msgs, maxPipeline) {
		if err := b.send(ctx, batch); err != nil {
			b.lost.Add(uint64(len(batch)))
			return err
		}
	}
	return nil
}

// Lost returns how many messages may not have been sent.
func (b *Bus) Lost() uint64 { return b.lost.Load() }

// Interrupted returns how often the connection that listens broke.
func (b *Bus) Interrupted() uint64 { return b.interrupted.Load() }

// Subscribe implements bus.Bus.
func (b *Bus) Subscribe(topic string, h bus.Handler) func() {
	s := &subscription{h}
	b.mu.Lock()
	b.topics[topic] = append(slices.Clip(b.topics[topic]), s)
	b.mark(topic)
	b.mu.Unlock()
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		rest := slices.DeleteFunc(slices.Clone(b.topics[topic]), func(x *subscription) bool { return x == s })
		if len(rest) == len(b.topics[topic]) {
			return
		}
		if b.topics[topic] = rest; len(rest) == 0 {
			delete(b.topics, topic)
			b.mark(topic)
		}
	}
}

// mark asks for the server to be told of a topic; the lock must be held.
func (b *Bus) mark(topic string) {
	b.dirty[topic] = struct{}{}
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// Run listens until ctx ends. While the server is out of reach it tries again
// and again, with growing pauses.
func (b *Bus) Run(ctx context.Context) error {
	pause := firstPause
	for ctx.Err() == nil {
		begin := time.Now()
		err := b.listen(ctx)
		if ctx.Err() != nil {
			return nil //nolint:nilerr // it was told to end
		}
		b.interrupted.Add(1)
		if time.Since(begin) > longest {
			pause = firstPause
		}
		b.log.WarnContext(ctx, "the bus is interrupted", "err", err)
		select {
		case <-ctx.Done():
		case <-time.After(pause/2 + rand.N(pause/2)): //nolint:gosec // spreads load, guards nothing
		}
		pause = min(2*pause, longest)
	}
	return nil
}

// listen is the life of one connection.
func (b *Bus) listen(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	conn := b.client.Subscribe(ctx)
	defer conn.Close()
	if err := conn.Ping(ctx); err != nil {
		return err
	}
	b.mu.Lock()
	clear(b.dirty)
	topics := make([]string, 0, len(b.topics))
	for t := range b.topics {
		topics = append(topics, t)
	}
	b.mu.Unlock()
	var telling sync.WaitGroup
	defer telling.Wait()
	defer cancel()
	telling.Go(func() {
		defer conn.Close() // ends the reading, too
		b.tell(ctx, conn, topics)
	})
	return b.read(ctx, conn)
}

// tell keeps the server's list of topics equal to ours.
func (b *Bus) tell(ctx context.Context, conn *redis.PubSub, topics []string) {
	var gone []string
	for {
		for batch := range slices.Chunk(topics, maxPipeline) {
			if conn.Subscribe(ctx, batch...) != nil {
				return
			}
		}
		for batch := range slices.Chunk(gone, maxPipeline) {
			if conn.Unsubscribe(ctx, batch...) != nil {
				return
			}
		}
		select {
		case <-b.wake:
		case <-ctx.Done():
			return
		}
		topics, gone = nil, nil
		b.mu.Lock()
		for t := range b.dirty {
			if len(b.topics[t]) > 0 {
				topics = append(topics, t)
			} else {
				gone = append(gone, t)
			}
		}
		clear(b.dirty)
		b.mu.Unlock()
	}
}

var errSilent = errors.New("the Redis server does not answer")

// read calls handlers until the connection breaks.
func (b *Bus) read(ctx context.Context, conn *redis.PubSub) error {
	asked := false
	for {
		msg, err := conn.ReceiveTimeout(ctx, silence)
		if e, ok := errors.AsType[net.Error](err); ok && e.Timeout() {
			if asked {
				return errSilent
			}
			asked = true
			if err := conn.Ping(ctx); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		asked = false
		switch msg := msg.(type) {
		case *redis.Subscription:
			if msg.Kind == "subscribe" {
				b.each(msg.Channel, bus.Handler.Listening)
			}
		case *redis.Message:
			data := []byte(msg.Payload)
			b.each(msg.Channel, func(h bus.Handler) { h.Deliver(data) })
		}
	}
}

func (b *Bus) each(topic string, call func(bus.Handler)) {
	b.mu.Lock()
	list := b.topics[topic]
	b.mu.Unlock()
	for _, s := range list {
		b.mu.Lock()
		there := slices.Contains(b.topics[topic], s)
		b.mu.Unlock()
		if there {
			call(s.handler)
		}
	}
}
