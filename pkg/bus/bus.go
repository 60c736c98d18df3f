// Package bus carries hints between processes: "conversation 7 has event 12".
// It is a doorbell: delivery is at most once, in any order, possibly twice.
// The database is the truth, and whoever hears the bell checks with it.
package bus

import "context"

// Message is what is published: data to everybody who listens to the topic.
type Message struct {
	Topic string
	Data  []byte
}

// Bus publishes to topics and subscribes to them. It is safe for concurrent
// use.
type Bus interface {
	// Publish sends the messages, together where the bus can. An error means
	// that some may not have been sent.
	Publish(ctx context.Context, msgs ...Message) error

	// Subscribe starts a subscription and returns at once, even while the bus
	// is out of reach; the bus keeps trying. The returned function ends it: no
	// call of the handler begins after it has returned, one that is under way
	// may still be finishing.
	Subscribe(topic string, h Handler) (stop func())
}

// Handler hears one topic. Its methods are called one at a time for a
// subscription and must not block: they hold up other topics.
type Handler interface {
	// Listening is called each time that the subscription is in force: once
	// after Subscribe and again after every interruption. What was published
	// before the call may be lost, what is published after it is heard, as
	// long as the connection lasts.
	Listening()
	// Deliver hands over data, which the handler must not change.
	Deliver(data []byte)
}
