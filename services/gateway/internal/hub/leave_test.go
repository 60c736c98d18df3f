package hub_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lair-chat/lair/pkg/id"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	"github.com/lair-chat/lair/services/gateway/internal/frame"
	"github.com/lair-chat/lair/services/gateway/internal/hub"
)

// TestWhoLeavesGetsThatEventAndNothingMore: all of it is in one bell.
func TestWhoLeavesGetsThatEventAndNothingMore(t *testing.T) {
	run(t, func(w *world) {
		k := w.room(3)
		stays, goes := w.follow(k, frame.WSResume), w.follow(k, frame.WSResume)
		again := w.client(frame.TCPResume) // of the same user
		again.user = goes.user
		w.Attach(again, k, 3, 3)
		w.ring(k, w.journal.say(k), w.journal.depart(k, goes.user), w.journal.say(k), w.journal.say(k))
		w.ring(k, w.journal.say(k))
		goes.wantSeqs(k, 4, 5)
		again.wantSeqs(k, 4, 5)
		stays.wantSeqs(k, 4, 8)
		if w.Follows(goes, k) || !w.Follows(stays, k) {
			t.Error("the wrong one follows")
		}
	})
}

func TestWhoLeavesGetsNothingMoreAfterAHole(t *testing.T) {
	run(t, func(w *world) {
		k := w.room(3)
		goes := w.follow(k, frame.WSResume)
		w.journal.depart(k, goes.user)
		w.journal.say(k)
		w.ring(k)
		goes.wantSeqs(k, 4, 4)
		w.wantOpen(k, 0)
	})
}

func TestWhoComesBackGetsEventsAgain(t *testing.T) {
	run(t, func(w *world) {
		k := w.room(3)
		w.follow(k, frame.WSResume)
		c := w.follow(k, frame.WSResume)
		w.ring(k, w.journal.depart(k, c.user), w.journal.say(k))
		c.wantSeqs(k, 4, 4)
		joined, added := w.journal.join(k, c.user)
		_, first, _ := added.Added()
		if !w.Attach(c, k, first-1, first-1) {
			t.Error("the pod is not ahead, and the client is behind")
		}
		w.ring(k, joined)
		c.wantSeqs(k, 6, 6)
		w.ring(k, w.journal.depart(k, c.user), w.journal.say(k))
		c.wantSeqs(k, 7, 7)
	})
}

// TestReturnIsHeardBeforeTheDeparture: the bell of the user is quicker than
// that of the conversation.
func TestReturnIsHeardBeforeTheDeparture(t *testing.T) {
	run(t, func(w *world) {
		k := w.room(3)
		c := w.follow(k, frame.WSResume)
		departed, between := w.journal.depart(k, c.user), w.journal.say(k)
		joined, _ := w.journal.join(k, c.user)
		if !w.Attach(c, k, 5, 5) {
			t.Error("a live client is behind")
		}
		w.ring(k, departed, between, joined)
		w.ring(k, w.journal.say(k))
		c.wantSeqs(k, 4, 7)
	})
}

// TestOldDepartureDoesNotConcernWhoIsBack: the client resumes on a pod that has
// not heard of the departure and the return, which the client's list of
// conversations knew of.
func TestOldDepartureDoesNotConcernWhoIsBack(t *testing.T) {
	run(t, func(w *world) {
		k := w.room(3)
		w.follow(k, frame.WSResume)
		c := w.client(frame.WSResume)
		w.journal.set(func() { w.journal.down = true })
		w.journal.depart(k, c.user)
		w.journal.join(k, c.user)
		if !w.Attach(c, k, 3, 5) {
			t.Error("the client is where the pod is, and behind")
		}
		w.journal.set(func() { w.journal.down = false })
		w.pass(10 * time.Second)
		w.ring(k, w.journal.say(k))
		c.wantSeqs(k, 4, 6)
		w.ring(k, w.journal.depart(k, c.user), w.journal.say(k))
		c.wantSeqs(k, 7, 7)
	})
}

// TestDepartureThatTheClientIsPastDoesNotConcernIt: it was brought up past its
// user's return before the pod heard of the departure.
func TestDepartureThatTheClientIsPastDoesNotConcernIt(t *testing.T) {
	run(t, func(w *world) {
		k := w.room(3)
		w.follow(k, frame.WSResume)
		c := w.client(frame.WSResume)
		w.Attach(c, k, 0, 3)
		departed := w.journal.depart(k, c.user)
		joined, _ := w.journal.join(k, c.user)
		if got := w.Promote(c, k, 6); got != hub.Live {
			t.Fatalf("it stands at %v", got)
		}
		w.ring(k, departed, joined, w.journal.say(k))
		c.wantSeqs(k, 6, 6)
	})
}

func TestDepartureIsFoundByWhoBringsTheClientUp(t *testing.T) {
	run(t, func(w *world) {
		k := w.room(3)
		stays := w.follow(k, frame.WSResume)
		c := w.client(frame.WSResume)
		w.Attach(c, k, 0, 3)
		w.ring(k, w.journal.depart(k, c.user))
		stays.wantSeqs(k, 4, 4)
		if got := w.Promote(c, k, 4); got != hub.Behind {
			t.Errorf("before it has the departure it stands at %v", got)
		}
		if !w.Leave(c, k, 4) {
			t.Error("who has left is still attached")
		}
		if got := w.Promote(c, k, 5); got != hub.Detached {
			t.Errorf("after that it stands at %v", got)
		}
		w.Detach(stays, k)
		synctest.Wait()
		if !w.Leave(c, k, 4) {
			t.Error("there is no sequence, and somebody follows it")
		}
	})
}

// TestWhoComesBackWhileItIsBroughtUpStays: the return is heard after the
// departure was read.
func TestWhoComesBackWhileItIsBroughtUpStays(t *testing.T) {
	run(t, func(w *world) {
		k := w.room(3)
		w.follow(k, frame.WSResume)
		c := w.client(frame.WSResume)
		w.Attach(c, k, 0, 3)
		departed := w.journal.depart(k, c.user)
		joined, _ := w.journal.join(k, c.user)
		w.ring(k, departed, joined)
		w.Attach(c, k, 4, 4)
		if w.Leave(c, k, 4) {
			t.Error("who came back is detached")
		}
		synctest.Wait()
		if got := w.Promote(c, k, 6); got != hub.Live {
			t.Errorf("it stands at %v", got)
		}
	})
}

func TestAddedIsToldInOrderAndOnce(t *testing.T) {
	run(t, func(w *world) {
		c := w.client(frame.WSResume)
		own := hub.User(c.user)
		var told []int64
		c.added = func(_ id.Conversation, first int64) { told = append(told, first) }
		w.Attach(c, own, 0, 0)
		ahead := w.client(frame.WSResume)
		ahead.user = c.user
		ahead.added = func(_ id.Conversation, first int64) { t.Errorf("what was known is told again: %d", first) }
		w.Attach(ahead, own, 64, 0)
		behind := w.client(frame.WSResume)
		behind.added = ahead.added
		k := w.room(0)
		var events []*hub.Event
		for n := range int64(64) {
			events = append(events, w.journal.add(k, c.user, n))
		}
		w.Attach(behind, own, -1, 0)
		w.ring(own, events...)
		w.ring(own, events...)
		c.wantSeqs(own, 1, 64)
		if len(told) != 64 || !slices.IsSorted(told) {
			t.Errorf("told %v", told)
		}
	})
}

func TestClientAttachesItselfToWhatIsAdded(t *testing.T) {
	run(t, func(w *world) {
		c := w.client(frame.WSResume)
		own := hub.User(c.user)
		c.added = func(x id.Conversation, first int64) { w.Attach(c, hub.Conversation(x), first-1, first-1) }
		w.Attach(c, own, 0, 0)
		k := w.room(3)
		w.follow(k, frame.TCPResume) // so that the pod does not get ahead of the client
		synctest.Wait()
		_, added := w.journal.join(k, c.user)
		w.journal.say(k)
		w.ring(own, added)
		synctest.Wait()
		w.publish(k.Topic(), &eventv1.Bell{Head: 5})
		c.wantSeqs(k, 4, 5)
	})
}
