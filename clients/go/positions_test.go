package lair

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

var hall = id.Conversation{UUID: id.UUID{15: 1}}

func event(seq int64) Event { return Event{Type: "message_received", Conversation: hall, Seq: seq} }

// Whatever comes, in whatever order, what is accepted is 1, 2, 3 …
func TestTrackerAcceptsEachEventOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		have := newTracker(Positions{Conversations: map[id.Conversation]int64{hall: 0}, UserSeq: new(int64(0))})
		var seq, user int64
		for range rapid.IntRange(0, 200).Draw(t, "n") {
			n := rapid.Int64Range(1, 20).Draw(t, "seq")
			e, last := event(n), &seq
			if rapid.Bool().Draw(t, "own") {
				e, last = Event{Type: "conversation_added", UserSeq: n}, &user
			}
			fresh, err := have.accept(e)
			switch {
			case n <= *last && (fresh || err != nil), n == *last+1 && (!fresh || err != nil),
				n > *last+1 && (fresh || !errors.Is(err, errHole)):
				t.Fatalf("%d after %d: %v, %v", n, *last, fresh, err)
			case fresh:
				*last = n
			}
			if p := have.positions(); p.Conversations[hall] != seq || *p.UserSeq != user {
				t.Fatalf("stands at %v, not %d and %d", p, seq, user)
			}
		}
	})
}

func TestTrackerKnowsWhereANewConversationBegins(t *testing.T) {
	head := &clientv1.ResumeResponse{Conversations: []clientv1.Conversation{{ID: hall, Seq: 9, After: 9}}}
	added := &clientv1.ResumeResponse{Conversations: []clientv1.Conversation{{ID: hall, Seq: 9, After: 4}}}
	for name, test := range map[string]struct {
		before func(*tracker)
		first  int64
		at     int64
		repeat bool
		hole   bool
	}{
		"Unknown":           {func(*tracker) {}, 5, 4, false, false},
		"Left and back":     {func(h *tracker) { h.marks[hall] = &mark{seq: 3} }, 5, 4, false, false},
		"Known":             {func(h *tracker) { h.marks[hall] = &mark{seq: 7} }, 5, 7, false, false},
		"Listed at head":    {func(h *tracker) { h.resumed(head) }, 5, 4, false, true},
		"Listed, then more": {func(h *tracker) { h.resumed(head); _, _ = h.accept(event(10)) }, 5, 4, true, true},
		"Listed as added":   {func(h *tracker) { h.resumed(added) }, 5, 4, false, false},
		"Added, then more":  {func(h *tracker) { h.resumed(added); _, _ = h.accept(event(5)) }, 5, 5, false, false},
		"Heard first":       {func(h *tracker) { _, _ = h.accept(event(5)) }, 5, 5, false, false},
		"Heard too late":    {func(h *tracker) { _, _ = h.accept(event(6)) }, 5, 4, true, true},
		"Listed, not later": {func(h *tracker) { h.resumed(head) }, 10, 9, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			have := newTracker(Positions{})
			test.before(have)
			at, repeat, err := have.added(hall, test.first)
			if at != test.at || repeat != test.repeat || errors.Is(err, errHole) != test.hole {
				t.Errorf("got %d, %v, %v", at, repeat, err)
			}
			if have.positions().Conversations[hall] != at {
				t.Errorf("stands at %v", have.positions())
			}
			if at, repeat, err := have.added(hall, test.first); at != test.at || repeat || err != nil {
				t.Errorf("again: %d, %v, %v", at, repeat, err)
			}
		})
	}
}
