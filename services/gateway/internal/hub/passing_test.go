package hub_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/lair-chat/lair/pkg/id"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	"github.com/lair-chat/lair/services/gateway/internal/frame"
	"github.com/lair-chat/lair/services/gateway/internal/hub"
)

func TestTypingIsPassing(t *testing.T) {
	run(t, func(w *world) {
		k := w.room(3)
		c, plain := w.follow(k, frame.WSResume), w.follow(k, frame.TCPPlain)
		behind := w.client(frame.TCPResume)
		w.Attach(behind, k, 0, 3)
		elsewhere := w.follow(w.room(0), frame.WSResume)
		w.publish(k.Topic(), &eventv1.Bell{Typing: &eventv1.Typing{UserId: c.user.Bytes()}})
		want := []shown{{"typing", c.user.String(), 0}}
		for _, x := range []*client{c, plain, behind} {
			if durable, passing := x.got(); !slices.Equal(passing, want) || durable != nil {
				t.Errorf("got %v and %v", durable, passing)
			}
		}
		if durable, passing := elsewhere.got(); passing != nil || durable != nil {
			t.Errorf("elsewhere came %v and %v", durable, passing)
		}
		if n := w.journal.readings(); n != 0 {
			t.Errorf("the database was read %d times", n)
		}
	})
}

func TestFloodOfTypingIsCut(t *testing.T) {
	run(t, func(w *world) {
		k := w.room(3)
		c := w.follow(k, frame.WSResume)
		gate := make(chan struct{})
		w.encoder.during = func() { <-gate }
		w.ring(k, w.journal.say(k))
		synctest.Wait()
		for range 1000 {
			w.publish(k.Topic(), &eventv1.Bell{Typing: &eventv1.Typing{UserId: c.user.Bytes()}})
		}
		synctest.Wait()
		close(gate)
		if durable, passing := c.got(); len(passing) == 0 || len(passing) > 64 || len(durable) != 1 {
			t.Errorf("got %d notices and %v", len(passing), durable)
		}
	})
}

// online publishes that users came.
func (w *world) online(users ...id.User) {
	p := &eventv1.Presence{}
	for _, u := range users {
		p.Changes = append(p.Changes, &eventv1.PresenceChange{UserId: u.Bytes(), Online: true})
	}
	w.publish("presence", p)
	synctest.Wait()
}

func TestPresenceIsToldToAllButOneself(t *testing.T) {
	run(t, func(w *world) {
		ann, bob := w.client(frame.WSResume), w.client(frame.TCPPlain)
		again := w.client(frame.TCPResume)
		again.user = ann.user
		for _, c := range []*client{ann, bob, again} {
			w.Attach(c, hub.User(c.user), 0, 0)
		}
		synctest.Wait()
		w.Attach(bob, w.room(0), 0, 0) // tells it nothing more
		stranger := id.User{UUID: id.New()}
		w.online(ann.user, stranger)
		toAnn := []shown{{"presence", stranger.String(), 0}}
		toBob := []shown{{"presence", ann.user.String(), 0}, {"presence", stranger.String(), 0}}
		for c, want := range map[*client][]shown{ann: toAnn, again: toAnn, bob: toBob} {
			if durable, passing := c.got(); !slices.Equal(passing, want) || durable != nil {
				t.Errorf("got %v and %v, want %v", durable, passing, want)
			}
		}
		w.online(ann.user)
		if _, passing := ann.got(); passing != nil {
			t.Errorf("ann is told of herself: %v", passing)
		}
		w.publish("presence", &eventv1.Bell{Head: 7}) // no presence
		w.Detach(bob, hub.User(bob.user))
		w.online(stranger)
		if _, passing := bob.got(); len(passing) != 1 {
			t.Errorf("after the end came %v", passing)
		}
	})
}

func TestNothingHappensAfterTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- w.Run(ctx) }()
		synctest.Wait()
		k := w.room(0)
		c := w.follow(k, frame.WSResume)
		begun, gate := make(chan struct{}), make(chan struct{})
		c.during = func() { close(begun); <-gate }
		w.ring(k, w.journal.say(k))
		<-begun
		cancel()
		synctest.Wait()
		select {
		case err := <-done:
			t.Errorf("it ended, with %v, while something was delivered", err)
		default:
		}
		c.during = nil
		close(gate)
		if err := <-done; err != nil {
			t.Error(err)
		}
		c.wantSeqs(k, 1, 1)
		w.ring(k, w.journal.say(k))
		w.Attach(w.client(frame.WSResume), k, 5, 5)
		c.wantNothing(k)
		w.Detach(c, k)
	})
}

// However many come at once, everybody gets all news but those about himself, in
// order, also when these are in the middle and at the end.
func TestEverybodyGetsAllNewsButHisOwn(t *testing.T) {
	run(t, func(w *world) {
		people := make([]*client, 20)
		users := make([]id.User, len(people))
		for i := range people {
			people[i] = w.client(frame.Form(i % int(frame.Forms)))
			users[i] = people[i].user
			w.Attach(people[i], hub.User(users[i]), 0, 0)
		}
		synctest.Wait()
		w.online(append(users, users[3])...)
		for i, c := range people {
			var want []shown
			for _, u := range append(users, users[3]) {
				if u != users[i] {
					want = append(want, shown{"presence", u.String(), 0})
				}
			}
			if _, passing := c.got(); !slices.Equal(passing, want) {
				t.Errorf("person %d got %v", i, passing)
			}
		}
	})
}
