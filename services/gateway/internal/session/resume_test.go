package session_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	"github.com/lair-chat/lair/services/gateway/internal/hub"
)

// wantMessages reads the messages from first to last, and nothing else.
func (c *client) wantMessages(in id.Conversation, first, last int64) {
	c.t.Helper()
	for seq := first; seq <= last; seq++ {
		c.want(fmt.Sprintf(`{"type":"message_received","conversation":%q,"seq":%d,"message":{"content":"%d"},"author_username":"bob"}`, in, seq, seq))
	}
}

func TestAPlainClientFollowsAtOnce(t *testing.T) {
	run(t, func(w *world) {
		w.room(hall, 3)
		w.room(attic, 0)
		c := w.enter("ann", "")
		c.wantNothing() // what was before is history
		w.speak(hall)
		c.wantMessages(hall, 4, 4)
		w.speak(attic)
		c.wantMessages(attic, 1, 1)
		w.speak(cellar) // ann is no part of it
		c.wantNothing()
		w.join(cellar)
		c.wantNothing() // 0.8 does not know this event
		w.speak(cellar)
		c.wantMessages(cellar, 2, 2)
		w.leave(cellar)
		c.want(`{"type":"user_left_room","reason":"kicked"}`)
		w.speak(cellar)
		c.wantNothing()
		c.Close()
		w.speak(hall)
		c.wantNothing()
	})
}

func TestAPlainClientCannotResume(t *testing.T) {
	run(t, func(w *world) {
		c := w.enter("ann", "")
		c.say(`{"type":"resume","request_id":"r1"}`)
		c.want(`{"type":"error","code":"invalid_state","request_id":"r1"}`)
		c.Close()
	})
}

func TestWhoAskedToResumeGetsNothingBefore(t *testing.T) {
	run(t, func(w *world) {
		w.room(hall, 3)
		c := w.enter("ann", resume)
		w.speak(hall)
		w.join(attic)
		c.wantNothing()
		c.say(`{"type":"resume","request_id":"r1"}`)
		c.want(`{"type":"resume_response","request_id":"r1","success":true,"user_seq":1,"user_reset":null}`)
		c.wantNothing() // nothing was named, so all goes on from the heads
		w.speak(hall)
		c.wantMessages(hall, 5, 5)
		w.join(cellar)
		c.want(fmt.Sprintf(`{"type":"conversation_added","conversation":%q,"user_seq":2,"first_seq":1}`, cellar))
		w.speak(cellar)
		c.wantMessages(cellar, 1, 1)
		c.say(`{"type":"resume","request_id":"r2"}`)
		c.want(`{"type":"error","code":"invalid_state","request_id":"r2"}`)
		c.Close()
	})
}

func TestWhoseListIsEmptyGetsAnEmptyList(t *testing.T) {
	run(t, func(w *world) {
		c := w.enter("ann", resume)
		c.say(`{"type":"resume"}`)
		if text := c.next(); !strings.Contains(string(text), `"conversations":[],"user_seq":0}`) {
			t.Errorf("got %s", text)
		}
		c.Close()
	})
}

func TestExactlyTheRestComes(t *testing.T) {
	for have := range int64(8) {
		run(t, func(w *world) {
			w.room(hall, 7)
			w.room(attic, 450) // more than two pages
			c := w.enter("ann", resume)
			c.say(`{"type":"resume","positions":{%q:%d,%q:%d}}`, hall, have, attic, have)
			c.want(fmt.Sprintf(`{"success":true,"conversations":[{"conversation":%q,"kind":"room","seq":7,"after":%d},{"conversation":%q,"kind":"room","seq":450,"after":%d}]}`, hall, have, attic, have))
			c.wantMessages(hall, have+1, 7)
			c.wantMessages(attic, have+1, 450)
			c.wantNothing()
			w.speak(hall)
			w.speak(attic)
			synctest.Wait()
			got := string(c.next()) + string(c.next())
			if !strings.Contains(got, `"seq":8,"message"`) || !strings.Contains(got, `"seq":451,"message"`) {
				t.Errorf("got %s", got)
			}
			c.wantNothing()
			c.Close()
		})
	}
}

// What is said while a client is brought up comes once and in order, whichever
// way it comes.
func TestNothingIsMissedOrRepeatedWhileOthersSpeak(t *testing.T) {
	run(t, func(w *world) {
		w.room(hall, 300)
		other := w.enter("bob", "") // so that somebody of the pod is ahead
		c := w.enter("ann", resume)
		n := 0
		w.set(func() {
			w.missed = func(*hub.Page, *error) bool {
				go w.speak(hall)
				n++
				return n < 40
			}
		})
		c.say(`{"type":"resume","positions":{%q:10}}`, hall)
		for range 20 {
			w.speak(hall)
		}
		c.want(`{"type":"resume_response"}`)
		time.Sleep(time.Minute) // for what is to be read again
		c.wantMessages(hall, 11, 320+int64(n))
		c.wantNothing()
		other.Close()
		c.Close()
	})
}

func TestAPositionThatDoesNotJoinUpIsReset(t *testing.T) {
	for _, position := range []int64{-1, 8, 1 << 60, -1 << 60} {
		run(t, func(w *world) {
			w.room(hall, 7)
			c := w.enter("ann", resume)
			c.say(`{"type":"resume","positions":{%q:%d},"user_seq":%d}`, hall, position, position)
			c.want(fmt.Sprintf(`{"conversations":[{"conversation":%q,"kind":"room","seq":7,"after":7,"reset":true}],"user_seq":0,"user_reset":true}`, hall))
			c.wantNothing()
			w.speak(hall)
			c.wantMessages(hall, 8, 8)
			c.Close()
		})
	}
}

func TestAPositionOlderThanTheLogIsReset(t *testing.T) {
	run(t, func(w *world) {
		w.room(hall, 7)
		w.change(func() { w.kept[hall] = 5 })
		c := w.enter("ann", resume)
		c.say(`{"type":"resume","positions":{%q:3}}`, hall)
		c.want(`{"type":"resume_response","success":true}`)
		c.want(fmt.Sprintf(`{"type":"reset","conversation":%q,"seq":7}`, hall))
		w.speak(hall)
		c.wantMessages(hall, 8, 8)
		c.Close()
	})
}

func TestWhoLeftGetsTheRestUpToThatAndNoMore(t *testing.T) {
	run(t, func(w *world) {
		w.room(hall, 3)
		w.leave(hall)
		w.speak(hall)
		w.room(attic, 1)
		w.leave(attic)
		c := w.enter("ann", resume)
		c.say(`{"type":"resume","positions":{%q:1,%q:2}}`, hall, attic)
		c.want(fmt.Sprintf(`{"conversations":[{"conversation":%q,"kind":"room","seq":4,"after":1,"left":true},{"conversation":%q,"kind":"room","seq":2,"after":2,"left":true}]}`, hall, attic))
		c.wantMessages(hall, 2, 3)
		c.want(`{"type":"user_left_room","seq":4}`)
		w.speak(hall)
		time.Sleep(time.Minute)
		c.wantNothing()
		c.Close()
	})
}

func TestAStrangerIsToldThatThereIsNothingForHim(t *testing.T) {
	run(t, func(w *world) {
		w.room(hall, 1)
		w.change(func() { w.events[cellar] = make([]*eventv1.Event, 5) })
		c := w.enter("ann", resume)
		c.say(`{"type":"resume","positions":{%q:3,%q:0}}`, cellar, attic)
		c.want(fmt.Sprintf(`{"conversations":[{"conversation":%q,"kind":"room","seq":1,"after":1},
			{"conversation":%q,"kind":"room","seq":0,"after":0,"left":true,"reset":true},{"conversation":%q,"kind":"room","seq":0,"after":0,"left":true,"reset":true}]}`,
			hall, attic, cellar))
		w.speak(attic)
		c.wantNothing()
		c.Close()
	})
}

func TestTheOwnSequenceIsContinued(t *testing.T) {
	run(t, func(w *world) {
		w.join(hall)
		w.join(attic)
		w.join(cellar)
		c := w.enter("ann", resume)
		c.say(`{"type":"resume","user_seq":1}`)
		c.want(`{"success":true,"user_seq":3,"user_reset":null}`)
		c.want(fmt.Sprintf(`{"type":"conversation_added","user_seq":2,"conversation":%q}`, attic))
		c.want(fmt.Sprintf(`{"type":"conversation_added","user_seq":3,"conversation":%q}`, cellar))
		w.speak(attic)
		c.wantMessages(attic, 1, 1) // once, though it is in the list and was added
		c.wantNothing()
		c.Close()
	})
}

func TestAConversationThatIsAddedMeanwhileIsFollowed(t *testing.T) {
	run(t, func(w *world) {
		w.join(hall)
		c := w.enter("ann", resume)
		w.set(func() {
			w.missed = func(*hub.Page, *error) bool {
				w.join(attic)
				time.Sleep(time.Second) // the pod hears of it first
				return false
			}
		})
		c.say(`{"type":"resume","user_seq":0}`)
		c.want(`{"success":true,"user_seq":1}`)
		time.Sleep(time.Minute)
		c.want(fmt.Sprintf(`{"type":"conversation_added","user_seq":1,"conversation":%q}`, hall))
		c.want(fmt.Sprintf(`{"type":"conversation_added","user_seq":2,"conversation":%q}`, attic))
		w.speak(attic)
		c.wantMessages(attic, 1, 1)
		w.speak(hall)
		c.wantMessages(hall, 1, 1)
		c.wantNothing()
		c.Close()
	})
}

// Who was added while it was away gets the conversation from its beginning, in
// order, and live afterwards.
func TestAConversationThatWasAddedMeanwhileComesInWhole(t *testing.T) {
	run(t, func(w *world) {
		w.room(hall, 3)
		w.join(attic)
		for range 250 {
			w.speak(attic)
		}
		other := w.enter("bob", "") // the pod is at the head of the attic
		c := w.enter("ann", resume)
		c.say(`{"type":"resume","positions":{%q:3},"user_seq":0}`, hall)
		c.want(fmt.Sprintf(`{"conversations":[{"conversation":%q,"kind":"room","seq":3,"after":3},
			{"conversation":%q,"kind":"room","seq":250,"after":0}],"user_seq":1}`, hall, attic))
		c.wantMessages(attic, 1, 250)
		c.want(fmt.Sprintf(`{"type":"conversation_added","user_seq":1,"conversation":%q}`, attic))
		w.speak(attic)
		c.wantMessages(attic, 251, 251)
		c.wantNothing()
		other.Close()
		c.Close()
	})
}

// An answer that is too large for a frame comes in several.
func TestAnswerToResumeMayComeInParts(t *testing.T) {
	run(t, func(w *world) {
		for range 4001 {
			w.join(id.Conversation{UUID: id.New()})
		}
		c := w.enter("ann", resume)
		c.say(`{"type":"resume","request_id":"r1"}`)
		var first, second struct {
			Conversations []json.RawMessage
			More          bool
			UserSeq       int64 `json:"user_seq"`
		}
		if err := errors.Join(json.Unmarshal(c.next(), &first), json.Unmarshal(c.next(), &second)); err != nil {
			t.Fatal(err)
		}
		if len(first.Conversations) != 4000 || !first.More || len(second.Conversations) != 1 || second.More ||
			first.UserSeq != 4001 || second.UserSeq != 4001 {
			t.Errorf("%d conversations, %v, and then %d, %v", len(first.Conversations), first.More, len(second.Conversations), second.More)
		}
		c.wantNothing()
		c.Close()
	})
}

func TestTooManyPositionsAreRefused(t *testing.T) {
	run(t, func(w *world) {
		w.room(hall, 2)
		c := w.enter("ann", resume)
		c.say(`{"type":"resume","request_id":"r","positions":{%s}}`, positions(10_001))
		c.want(`{"type":"resume_response","request_id":"r","success":false,"error":{"code":"validation_failed"},"conversations":null}`)
		c.say(`{"type":"resume","request_id":"r","positions":{%s}}`, positions(10_000))
		c.want(`{"type":"resume_response","request_id":"r","success":true}`)
		c.Close()
	})
}

func positions(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("%q:1", id.New())
	}
	return strings.Join(list, ",")
}

var errDown = fault.New(fault.Unavailable, "unavailable", "down")

func TestARefusedResumeMayBeTriedAgain(t *testing.T) {
	run(t, func(w *world) {
		w.room(hall, 2)
		c := w.enter("ann", resume)
		w.change(func() { w.down = errDown })
		c.say(`{"type":"resume"}`)
		c.want(`{"type":"resume_response","success":false,"error":{"code":"unavailable"}}`)
		w.change(func() { w.down = nil })
		c.say(`{"type":"resume","positions":{%q:1}}`, hall)
		c.want(`{"type":"resume_response","success":true}`)
		c.wantMessages(hall, 2, 2)
		c.Close()
	})
}

func TestAShortFailureToReadIsNotNoticed(t *testing.T) {
	run(t, func(w *world) {
		w.room(hall, 2)
		n := 0
		w.set(func() {
			w.missed = func(p *hub.Page, err *error) bool {
				*p, *err = hub.Page{}, errDown
				n++
				return n < 9
			}
		})
		c := w.enter("ann", resume)
		c.say(`{"type":"resume","positions":{%q:0}}`, hall)
		c.want(`{"type":"resume_response","success":true}`)
		time.Sleep(10 * time.Second)
		c.wantMessages(hall, 1, 2)
		c.wantOpen()
		c.Close()
	})
}

func TestWhoCannotBeBroughtUpIsSentAway(t *testing.T) {
	run(t, func(w *world) {
		w.room(hall, 2)
		w.set(func() {
			w.missed = func(p *hub.Page, err *error) bool {
				*p, *err = hub.Page{}, errDown
				return true
			}
		})
		c := w.enter("ann", resume)
		c.say(`{"type":"resume","positions":{%q:0}}`, hall)
		c.want(`{"type":"resume_response","success":true}`)
		time.Sleep(10 * time.Second)
		c.wantEnd("unavailable", clientv1.CloseUnavailable)
		c.Close()
	})
}

func TestWhatIsMissedComesAsFastAsTheClientReads(t *testing.T) {
	run(t, func(w *world) {
		w.room(hall, 500)
		c := w.enter("ann", resume)
		c.change(func() { c.drained = make(chan struct{}) })
		c.say(`{"type":"resume","positions":{%q:0}}`, hall)
		c.want(`{"type":"resume_response","success":true}`)
		c.wantNothing()
		close(c.drained)
		c.wantMessages(hall, 1, 500)
		c.Close()
	})
}

func TestWhoDoesNotReadWhatWasMissedIsSentAway(t *testing.T) {
	run(t, func(w *world) {
		w.room(hall, 5)
		c := w.enter("ann", resume)
		c.change(func() { c.drained = make(chan struct{}) })
		c.say(`{"type":"resume","positions":{%q:0}}`, hall)
		c.want(`{"type":"resume_response","success":true}`)
		time.Sleep(time.Minute)
		c.wantEnd("unavailable", clientv1.CloseUnavailable)
		c.Close()
	})
}
