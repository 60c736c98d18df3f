package live

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	lair "github.com/lair-chat/lair/clients/go"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// rooms is how many conversations of the crowd go on at once, so that what is
// broken is met by as many requests and commands at a time.
const rooms = 12

// crowd is somebody at the first gateway who talks and reads in many rooms, whatever
// fails, until the test is over.
type crowd struct {
	*person
	halls []clientv1.Target
}

func (s *system) gather(t *testing.T) *crowd {
	t.Helper()
	c := &crowd{person: s.person(t, 0)}
	for range rooms {
		room, err := c.CreateRoom(patient(t), lair.NewRoom{Name: "hall " + rand.Text()})
		must(t, err)
		c.halls = append(c.halls, clientv1.ToRoom(room.ID))
	}
	for _, hall := range c.halls {
		background(t, func(ctx context.Context) {
			_, _ = c.ws.Send(ctx, lair.Draft{Target: hall, Content: "is anybody there?"}) // an alert says what failed
		})
		background(t, func(ctx context.Context) {
			_, _ = c.Messages(ctx, lair.MessagesQuery{Target: hall}) // likewise
		})
	}
	return c
}

// background does something a few times a second until the test is over, whatever
// becomes of it.
func background(t *testing.T, f func(context.Context)) {
	t.Helper()
	repeat(t, 400*time.Millisecond, f)
}

// repeat does something again and again until the test is over, or until stop is
// called.
func repeat(t *testing.T, every time.Duration, f func(context.Context)) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			one, enough := context.WithTimeout(ctx, 15*time.Second)
			f(one)
			enough()
			select {
			case <-ctx.Done():
			case <-time.After(every):
			}
		}
	}()
	stop = func() { cancel(); <-done }
	t.Cleanup(stop)
	return stop
}
