package hub_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/gateway/internal/frame"
	"github.com/lair-chat/lair/services/gateway/internal/hub"
)

func TestOneSubscriptionForAllClients(t *testing.T) {
	run(t, func(w *world) {
		k, other := w.room(0), w.room(0)
		a, b := w.follow(k, frame.WSResume), w.follow(k, frame.TCPPlain)
		w.follow(other, frame.WSResume)
		w.wantOpen(k, 1)
		w.Detach(a, k)
		w.wantOpen(k, 1)
		w.Detach(a, k)
		w.Detach(a, other) // which it does not follow
		w.wantOpen(k, 1)
		w.Detach(b, k)
		w.wantOpen(k, 0)
		w.wantOpen(other, 1)
		if w.stats.follows != 1 {
			t.Errorf("%d sequences are followed", w.stats.follows)
		}
		c := w.follow(k, frame.WSResume)
		w.wantOpen(k, 1)
		w.ring(k, w.journal.say(k))
		c.wantSeqs(k, 1, 1)
		a.wantNothing(k)
		if w.bus.all != 4 { // with that of presence
			t.Errorf("%d subscriptions were made", w.bus.all)
		}
	})
}

func TestManyComeAndGoAtOnce(t *testing.T) {
	run(t, func(w *world) {
		k := w.room(0)
		var all sync.WaitGroup
		for range 50 {
			c := w.client(frame.WSResume)
			all.Go(func() {
				for range 20 {
					w.Attach(c, k, 0, 0)
					w.Detach(c, k)
				}
			})
		}
		all.Wait()
		w.wantOpen(k, 0)
		c := w.follow(k, frame.WSResume)
		w.ring(k, w.journal.say(k))
		c.wantSeqs(k, 1, 1)
	})
}

func TestAttachTwiceIsAttachOnce(t *testing.T) {
	run(t, func(w *world) {
		k := w.room(2)
		c := w.follow(k, frame.WSResume)
		if !w.Attach(c, k, 0, 2) {
			t.Error("a live client is behind")
		}
		w.ring(k, w.journal.say(k))
		c.wantSeqs(k, 3, 3)
		w.Detach(c, k)
		w.wantOpen(k, 0)
	})
}

func TestClientThatIsBehindIsPromoted(t *testing.T) {
	run(t, func(w *world) {
		k := w.room(5)
		w.follow(k, frame.WSResume)
		c := w.client(frame.WSResume)
		if w.Attach(c, k, 2, 5) || w.Follows(c, k) {
			t.Error("a client without 3 to 5 is live")
		}
		w.ring(k, w.journal.say(k))
		c.wantNothing(k)
		if got := w.Promote(c, k, 6); got != hub.Behind {
			t.Errorf("without 6 it stands at %v", got)
		}
		if got := w.Promote(c, k, 7); got != hub.Live || !w.Follows(c, k) {
			t.Errorf("with all it stands at %v", got)
		}
		w.ring(k, w.journal.say(k))
		c.wantSeqs(k, 7, 7)
	})
}

func TestClientMayBeAheadOfThePod(t *testing.T) {
	run(t, func(w *world) {
		k := w.room(5)
		first := w.follow(k, frame.WSResume)
		w.journal.set(func() { w.journal.down = true })
		for range 5 {
			w.journal.say(k)
		}
		attached, promoted, between := w.client(frame.WSResume), w.client(frame.WSResume), w.client(frame.TCPResume)
		if !w.Attach(attached, k, 10, 10) || !w.Attach(between, k, 7, 10) {
			t.Fatal("a client that is ahead is behind")
		}
		if w.Attach(promoted, k, 3, 10) || w.Promote(promoted, k, 10) != hub.Live {
			t.Fatal("a client with all but 10 is behind")
		}
		w.journal.set(func() { w.journal.down = false })
		w.pass(time.Second)
		w.ring(k, w.journal.say(k))
		first.wantSeqs(k, 6, 11)
		between.wantSeqs(k, 8, 11)
		promoted.wantSeqs(k, 10, 11)
		attached.wantSeqs(k, 11, 11)
	})
}

func TestClientThatIsAheadTellsThePod(t *testing.T) {
	run(t, func(w *world) {
		k := w.room(5)
		first, c := w.follow(k, frame.WSResume), w.client(frame.WSResume)
		w.journal.say(k)
		w.Attach(c, k, 6, 6)
		first.wantSeqs(k, 6, 6)
		c.wantNothing(k)
	})
}

func TestClientsComeWhileAnEventIsEncoded(t *testing.T) {
	run(t, func(w *world) {
		k := w.room(5)
		w.follow(k, frame.WSResume)
		gate := make(chan struct{})
		w.encoder.during = func() { <-gate }
		w.ring(k, w.journal.say(k), w.journal.say(k), w.journal.say(k))
		synctest.Wait()
		with, without, part := w.client(frame.TCPResume), w.client(frame.TCPResume), w.client(frame.TCPResume)
		if !w.Attach(without, k, 5, 5) || !w.Attach(part, k, 6, 6) || !w.Attach(with, k, 8, 8) {
			t.Error("nothing was delivered, and somebody is behind")
		}
		gone := w.follow(k, frame.TCPResume)
		w.Detach(gone, k)
		close(gate)
		without.wantSeqs(k, 6, 8)
		part.wantSeqs(k, 7, 8)
		with.wantNothing(k)
		gone.wantNothing(k)
	})
}

func TestDetachDuringDelivery(t *testing.T) {
	run(t, func(w *world) {
		k := w.room(0)
		a, b := w.follow(k, frame.WSResume), w.follow(k, frame.WSResume)
		begun, gate := make(chan struct{}), make(chan struct{})
		a.during = func() { close(begun); <-gate }
		w.ring(k, w.journal.say(k))
		<-begun
		var all sync.WaitGroup
		all.Go(func() { w.Detach(a, k) })
		all.Go(func() { w.Detach(b, k) })
		all.Go(func() { <-gate })
		close(gate)
		all.Wait()
		w.ring(k, w.journal.say(k))
		a.wantSeqs(k, 1, 1)
		if got := b.seqs(k); len(got) > 1 {
			t.Errorf("events %v came after the end", got)
		}
		w.wantOpen(k, 0)
	})
}

func TestNobodyIsPromotedAfterTheEnd(t *testing.T) {
	run(t, func(w *world) {
		k := w.room(5)
		stays := w.follow(k, frame.WSResume)
		c := w.client(frame.WSResume)
		w.Attach(c, k, 2, 5)
		w.Detach(c, k)
		if got := w.Promote(c, k, 6); got != hub.Detached {
			t.Errorf("it stands at %v", got)
		}
		w.Detach(stays, k)
		synctest.Wait()
		if got := w.Promote(c, k, 6); got != hub.Detached || w.Follows(c, k) {
			t.Errorf("it stands at %v", got)
		}
	})
}

func TestStreamWithoutClientsStopsReading(t *testing.T) {
	run(t, func(w *world) {
		k := w.room(0)
		c := w.follow(k, frame.WSResume)
		w.journal.set(func() { w.journal.down = true })
		w.journal.say(k)
		w.ring(k)
		w.pass(time.Second)
		w.Detach(c, k)
		w.pass(time.Second)
		w.journal.readings()
		w.pass(time.Minute)
		if n := w.journal.readings(); n != 0 {
			t.Errorf("the database was read %d times for nobody", n)
		}
	})
}

func TestResetTellsThoseWhoCanResume(t *testing.T) {
	run(t, func(w *world) {
		k := w.room(5)
		c, plain := w.follow(k, frame.WSResume), w.follow(k, frame.WSPlain)
		behind := w.client(frame.TCPResume)
		w.Attach(behind, k, 2, 5)
		for range 10 {
			w.journal.say(k)
		}
		w.journal.set(func() { w.journal.first[k] = 12 })
		w.ring(k)
		if got, _ := c.got(); len(got) != 1 || got[0] != (shown{"reset", k.Topic(), 15}) {
			t.Errorf("got %v", got)
		}
		if got, _ := plain.got(); len(got) != 0 {
			t.Errorf("a plain client got %v", got)
		}
		if got, _ := behind.got(); len(got) != 0 || w.Follows(behind, k) {
			t.Errorf("a client that is being brought up got %v", got)
		}
		if got := w.Promote(behind, k, 16); got != hub.Live {
			t.Errorf("it stands at %v", got)
		}
		w.ring(k, w.journal.say(k))
		c.wantSeqs(k, 16, 16)
		plain.wantSeqs(k, 16, 16)
		behind.wantSeqs(k, 16, 16)
	})
}

// TestWhatIsHeardDuringAResetIsDelivered: the bell rings between the reading
// and the reset.
func TestWhatIsHeardDuringAResetIsDelivered(t *testing.T) {
	run(t, func(w *world) {
		k := w.room(5)
		c := w.follow(k, frame.WSResume)
		w.journal.say(k)
		w.journal.set(func() {
			w.journal.first[k] = 7
			w.journal.during = func() {
				w.ring(k, w.journal.say(k))
				time.Sleep(time.Millisecond) // the bus delivers
			}
		})
		w.ring(k)
		w.pass(100 * time.Millisecond)
		c.wantSeqs(k, 7, 7)
	})
}

func TestSequencesHaveTopicsOfTheirOwn(t *testing.T) {
	u := id.New()
	of, own := hub.Conversation(id.Conversation{UUID: u}), hub.User(id.User{UUID: u})
	if of.Topic() != "conversation."+u.String() || own.Topic() != "user."+u.String() {
		t.Errorf("topics %q and %q", of.Topic(), own.Topic())
	}
	if c, ok := of.Conversation(); !ok || c.UUID != u {
		t.Errorf("conversation %v, %v", c, ok)
	}
	if c, ok := own.User(); !ok || c.UUID != u {
		t.Errorf("user %v, %v", c, ok)
	}
	if _, ok := of.User(); ok {
		t.Error("a conversation is a user")
	}
	if _, ok := own.Conversation(); ok {
		t.Error("a user is a conversation")
	}
}
