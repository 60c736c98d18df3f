package hub_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	"github.com/lair-chat/lair/services/gateway/internal/frame"
	"github.com/lair-chat/lair/services/gateway/internal/hub"
)

func TestEventReachesEveryForm(t *testing.T) {
	run(t, func(w *world) {
		k := w.room(1)
		var plain, resuming []*client
		for range 3 {
			plain = append(plain, w.follow(k, frame.TCPPlain), w.follow(k, frame.WSPlain))
			resuming = append(resuming, w.follow(k, frame.TCPResume), w.follow(k, frame.WSResume))
		}
		w.ring(k, w.journal.say(k))
		w.ring(k, w.journal.say(k))
		for _, c := range plain {
			c.wantSeqs(k, 2, 2) // 3 is of no type that they know
		}
		for _, c := range resuming {
			c.wantSeqs(k, 2, 3)
		}
		if w.encoder.calls[2] != 1 || w.encoder.calls[3] != 1 {
			t.Errorf("events were encoded more than once: %v", w.encoder.calls)
		}
	})
}

func TestEventsOfOneBellAreOneWrite(t *testing.T) {
	run(t, func(w *world) {
		k := w.room(0)
		c := w.follow(k, frame.WSResume)
		w.ring(k, w.journal.say(k), w.journal.say(k), w.journal.say(k))
		c.wantSeqs(k, 1, 3)
		if c.pushes != 1 {
			t.Errorf("%d writes", c.pushes)
		}
	})
}

func TestRepeatedBellIsOneEvent(t *testing.T) {
	run(t, func(w *world) {
		k := w.room(0)
		c := w.follow(k, frame.WSResume)
		one, two := w.journal.say(k), w.journal.say(k)
		w.ring(k, two)
		w.ring(k, two)
		w.ring(k, one)
		w.ring(k, one)
		w.ring(k, one, two)
		w.pass(time.Second)
		c.wantSeqs(k, 1, 2)
	})
}

func TestEarlyEventWaitsForTheOneBefore(t *testing.T) {
	run(t, func(w *world) {
		k := w.room(0)
		c := w.follow(k, frame.WSResume)
		one, two, three := w.journal.say(k), w.journal.say(k), w.journal.say(k)
		w.ring(k, three)
		w.pass(20 * time.Millisecond)
		w.ring(k, two)
		w.pass(20 * time.Millisecond)
		c.wantNothing(k)
		w.ring(k, one)
		w.pass(time.Second)
		c.wantSeqs(k, 1, 3)
		if n := w.journal.readings(); n != 0 {
			t.Errorf("the database was read %d times for what came", n)
		}
	})
}

func TestEachHoleHasItsTime(t *testing.T) {
	run(t, func(w *world) {
		k := w.room(0)
		c := w.follow(k, frame.WSResume)
		one, two := w.journal.say(k), w.journal.say(k)
		three, four := w.journal.say(k), w.journal.say(k)
		w.ring(k, two)
		w.pass(30 * time.Millisecond)
		w.ring(k, one)
		w.ring(k, four)
		w.pass(45 * time.Millisecond)
		c.wantSeqs(k, 1, 2)
		w.ring(k, three)
		w.pass(time.Second)
		c.wantSeqs(k, 3, 4)
		if n := w.journal.readings(); n != 0 {
			t.Errorf("the database was read %d times for what came", n)
		}
	})
}

func TestHoleIsReadOnceForAll(t *testing.T) {
	run(t, func(w *world) {
		k := w.room(5)
		clients := []*client{w.follow(k, frame.WSResume), w.follow(k, frame.TCPResume), w.follow(k, frame.WSResume)}
		w.journal.say(k)
		w.journal.say(k)
		w.ring(k, w.journal.say(k))
		w.pass(49 * time.Millisecond)
		if n := w.journal.readings(); n != 0 {
			t.Errorf("the database was read %d times before it was time", n)
		}
		w.pass(20 * time.Millisecond)
		for _, c := range clients {
			c.wantSeqs(k, 6, 8)
		}
		if n := w.journal.readings(); n != 1 {
			t.Errorf("the database was read %d times", n)
		}
		if w.stats.healed != 3 {
			t.Errorf("%d events are said to be healed", w.stats.healed)
		}
	})
}

func TestBellWithoutEventsIsReadAtOnce(t *testing.T) {
	run(t, func(w *world) {
		k := w.room(0)
		c := w.follow(k, frame.WSResume)
		w.journal.say(k)
		w.journal.say(k)
		w.ring(k)
		c.wantSeqs(k, 1, 2)
	})
}

func TestLongHoleIsReadInPages(t *testing.T) {
	run(t, func(w *world) {
		k := w.room(0)
		c := w.follow(k, frame.WSResume)
		for range 1234 {
			w.journal.say(k)
		}
		w.ring(k)
		c.wantSeqs(k, 1, 1234)
	})
}

// TestFloodBehindAHoleDoesNotWedge: more events wait than may, so the hole must
// find room before them.
func TestFloodBehindAHoleDoesNotWedge(t *testing.T) {
	for name, reorder := range map[string]func([]*hub.Event){
		"InOrder":   func([]*hub.Event) {},
		"Backwards": slices.Reverse[[]*hub.Event],
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(w *world) {
				k := w.room(0)
				c := w.follow(k, frame.WSResume)
				w.journal.set(func() { w.journal.down = true })
				w.journal.say(k)
				var events []*hub.Event
				for range 3000 {
					events = append(events, w.journal.say(k))
				}
				reorder(events)
				for _, e := range events {
					w.ring(k, e)
				}
				w.pass(time.Second)
				c.wantNothing(k)
				w.journal.readings()
				w.journal.set(func() { w.journal.down = false })
				w.pass(2 * time.Second)
				c.wantSeqs(k, 1, 3001)
				if n := w.journal.readings(); n > 10 {
					t.Errorf("the database was read %d times", n)
				}
				if w.stats.healed < 3001-1024 {
					t.Errorf("only %d events were read: too many were kept waiting", w.stats.healed)
				}
			})
		})
	}
}

func TestLostLastBellIsFoundByTheClock(t *testing.T) {
	run(t, func(w *world) {
		k, own := w.room(3), hub.User(w.client(0).user)
		c, d := w.follow(k, frame.WSResume), w.follow(own, frame.WSResume)
		w.journal.say(k)
		u, _ := own.User()
		w.journal.add(k, u, 1)
		c.wantNothing(k)
		w.pass(6 * time.Second)
		c.wantSeqs(k, 4, 4)
		d.wantSeqs(own, 1, 1)
	})
}

// TestWhatCameBeforeTheSubscriptionIsFound: the head was read before the bus
// listened.
func TestWhatCameBeforeTheSubscriptionIsFound(t *testing.T) {
	run(t, func(w *world) {
		k := w.room(3)
		c := w.client(frame.WSResume)
		w.journal.say(k)
		if !w.Attach(c, k, 3, 3) {
			t.Fatal("the first client is behind")
		}
		c.wantSeqs(k, 4, 4)
	})
}

func TestDatabaseThatComesBackIsAskedNowAndThen(t *testing.T) {
	run(t, func(w *world) {
		k := w.room(0)
		c := w.follow(k, frame.WSResume)
		w.journal.set(func() { w.journal.down = true })
		one, two := w.journal.say(k), w.journal.say(k)
		w.ring(k, two)
		w.pass(10 * time.Second)
		if n := w.journal.readings(); n < 10 || n > 21 {
			t.Errorf("the database was tried %d times in 10 s", n)
		}
		c.wantNothing(k)
		w.ring(k, one) // a late bell needs no database
		w.pass(200 * time.Millisecond)
		c.wantSeqs(k, 1, 2)
		w.journal.say(k)
		w.ring(k)
		w.pass(10 * time.Second)
		w.journal.set(func() { w.journal.down = false })
		w.pass(time.Second)
		c.wantSeqs(k, 3, 3)
	})
}

func TestMistakenPositionIsForgotten(t *testing.T) {
	run(t, func(w *world) {
		k := w.room(2)
		c := w.follow(k, frame.WSResume)
		w.ring(k, &hub.Event{Conversation: w.journal.say(w.room(8)).Conversation}) // position 9
		w.pass(time.Second)
		if n := w.journal.readings(); n != 1 {
			t.Errorf("the database was read %d times", n)
		}
		w.ring(k, w.journal.say(k))
		c.wantSeqs(k, 3, 3)
	})
}

func TestWhatIsHeardWhileTheDatabaseIsReadIsNotForgotten(t *testing.T) {
	for name, x := range map[string]struct {
		mistake int64
		lost    bool // the bell of the first event
	}{
		"BeyondTheMistake":      {3, false},
		"ShortOfTheMistake":     {9, false},
		"NotNextButNewestOfAll": {3, true},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(w *world) {
				k := w.room(2)
				c := w.follow(k, frame.WSResume)
				w.journal.set(func() {
					w.journal.during = func() {
						three := w.journal.say(k)
						if !x.lost {
							w.ring(k, three)
						}
						w.ring(k, w.journal.say(k))
						time.Sleep(time.Millisecond) // the bus delivers
					}
				})
				w.publish(k.Topic(), &eventv1.Bell{Head: x.mistake})
				w.pass(time.Second)
				c.wantSeqs(k, 3, 4)
			})
		})
	}
}

func TestBytesThatAreNoBellAreIgnored(t *testing.T) {
	run(t, func(w *world) {
		k := w.room(0)
		c := w.follow(k, frame.WSResume)
		w.publish(k.Topic(), w.journal.say(k).Conversation) // no bell
		w.pass(20 * time.Second)
		c.wantSeqs(k, 1, 1)
	})
}

func TestStatsSayWhatHappened(t *testing.T) {
	run(t, func(w *world) {
		k := w.room(0)
		w.follow(k, frame.WSResume)
		w.follow(k, frame.TCPPlain)
		one, two := w.journal.say(k), w.journal.say(k)
		w.pass(30 * time.Millisecond)
		w.ring(k, one, two)
		synctest.Wait()
		if s := w.stats; s.delivered != 2 || s.clients != 2 || s.healed != 0 || s.follows != 1 || s.since != 30*time.Millisecond {
			t.Errorf("%+v", s)
		}
	})
}

// A message is measured from its arrival at the gateway of its author, by whose clock
// it may not have begun yet.
func TestADeliveryIsMeasuredFromTheBeginning(t *testing.T) {
	for early, want := range map[time.Duration]time.Duration{5 * time.Millisecond: 35 * time.Millisecond, -time.Minute: 0} {
		run(t, func(w *world) {
			k := w.room(0)
			w.follow(k, frame.WSResume)
			e := w.journal.say(k)
			e.Conversation.SentAt = e.Conversation.GetAt() - early.Microseconds()
			w.pass(30 * time.Millisecond)
			w.ring(k, e)
			synctest.Wait()
			if got := w.stats.since; got != want {
				t.Errorf("began %v before: %v, not %v", early, got, want)
			}
		})
	}
}
