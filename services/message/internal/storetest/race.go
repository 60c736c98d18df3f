package storetest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
	"github.com/lair-chat/lair/services/message/internal/timeline"
)

func manyWriters(t *testing.T, s Store) {
	const writers, words = 8, 12
	var people []id.User
	for range writers {
		people = append(people, s.user(t))
	}
	r := s.room(t, people...)
	var g sync.WaitGroup
	for _, u := range people {
		g.Go(func() {
			for i := range words {
				if o := s.insist(t, draft(r, u, strconv.Itoa(i), "x")); o.Err != nil {
					t.Error(o.Err)
				}
			}
		})
	}
	g.Wait()
	events, err := s.Journal().Events(t.Context(), r.Conversation(), 0, 1000)
	if err != nil || len(events) != writers+writers*words {
		t.Fatalf("%d events, %v", len(events), err)
	}
	for i, e := range events {
		if e.Seq != int64(i)+1 {
			t.Fatalf("event %d has seq %d", i, e.Seq)
		}
	}
}

// crossing lets batches name the same rooms in different orders, while others
// hold the heads for a moment.
func crossing(t *testing.T, s Store) {
	const rounds = 10
	ann := s.user(t)
	rooms := []id.Room{s.room(t, ann), s.room(t, ann), s.room(t, ann)}
	var g sync.WaitGroup
	for w, order := range [][]int{{0, 1, 2}, {2, 1, 0}, {1, 0, 2}} {
		g.Go(func() {
			for i := range rounds {
				var left []*timeline.Draft
				for _, n := range order {
					left = append(left, draft(rooms[n], ann, fmt.Sprint(w, "-", i), "x"))
				}
				for len(left) > 0 {
					left = s.try(t, left)
				}
			}
		})
		g.Go(func() {
			for range rounds {
				err := s.Update(t.Context(), func(tx journal.Tx) error {
					h, err := tx.Lock(t.Context(), rooms[w].Conversation())
					if err != nil {
						return err
					}
					return tx.SetHead(t.Context(), h)
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	g.Wait()
	for _, r := range rooms {
		head, err := s.Journal().Head(t.Context(), r.Conversation())
		if err != nil || head.Seq != 1+3*rounds {
			t.Errorf("head %+v, %v", head, err)
		}
	}
}

// try commits drafts and returns those whose heads were held.
func (s Store) try(t *testing.T, drafts []*timeline.Draft) (held []*timeline.Draft) {
	t.Helper()
	outcomes, err := s.Commit(context.WithoutCancel(t.Context()), drafts, at)
	if err != nil {
		t.Error(err)
		return nil
	}
	for i, o := range outcomes {
		switch {
		case errors.Is(o.Err, timeline.ErrHeld):
			held = append(held, drafts[i])
		case o.Err != nil || !o.Fresh:
			t.Errorf("got %+v", o)
		}
	}
	return held
}

// repeatRace sends one draft from many processes at once.
func repeatRace(t *testing.T, s Store) {
	const n = 8
	ann := s.user(t)
	r := s.room(t, ann)
	var outcomes [n]timeline.Outcome
	var g sync.WaitGroup
	for i := range n {
		g.Go(func() { outcomes[i] = s.insist(t, draft(r, ann, "a", "x")) })
	}
	g.Wait()
	fresh := 0
	for _, o := range outcomes {
		if o.Fresh {
			fresh++
		}
		if diff := cmp.Diff(outcomes[0].Message, o.Message); o.Err != nil || diff != "" {
			t.Errorf("%v %s", o.Err, diff)
		}
	}
	head, err := s.Journal().Head(t.Context(), r.Conversation())
	if fresh != 1 || outcomes[0].Message.Seq != 2 || err != nil || head.Seq != 2 {
		t.Errorf("%d are new, head %+v, %v", fresh, head, err)
	}
}

// repeatAfterwards repeats a draft whose answer its author missed before it was
// muted, and before it left.
func repeatAfterwards(t *testing.T, s Store) {
	ann := s.user(t)
	r := s.room(t, ann)
	first := sent(t, s.commit(t, draft(r, ann, "a", "x"))[0], 2)
	for _, change := range []func(*journal.Head, *journal.Member){
		func(_ *journal.Head, m *journal.Member) { m.MutedUntil = at.Add(1_000_000) },
		func(h *journal.Head, _ *journal.Member) { h.Moderated = true },
		func(_ *journal.Head, m *journal.Member) { m.LeftSeq = 2 },
	} {
		s.change(t, r, ann, change)
		outcomes := s.commit(t, draft(r, ann, "a", "x"), draft(r, ann, "b", "x"))
		if diff := cmp.Diff(timeline.Outcome{Message: first}, outcomes[0]); diff != "" {
			t.Error(diff)
		}
		if outcomes[1].Err == nil {
			t.Errorf("got %+v", outcomes[1])
		}
	}
}

// anyText stores what a draft may be made of, and finds it by its odd name.
func anyText(t *testing.T, s Store) {
	ann := s.user(t)
	r := s.room(t, ann)
	for i, text := range []string{" ", "'; --", `\\x00 \`, "☕ \U0001F600 e\u0301", "a\r\nb\t\x01\x7f", "{NULL}"} {
		first := sent(t, s.commit(t, draft(r, ann, text, text))[0], int64(i)+2)
		again := s.commit(t, draft(r, ann, text, text))[0]
		if diff := cmp.Diff(timeline.Outcome{Message: first}, again); diff != "" || string(again.Message.Content) != text {
			t.Errorf("%q: %s", text, diff)
		}
	}
}
