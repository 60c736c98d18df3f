package storetest

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
)

func (l line) wantUnread(t *testing.T, u id.User, want map[id.Conversation]int) {
	t.Helper()
	got, err := l.Unread(t.Context(), u)
	if err != nil {
		t.Fatal(err)
	}
	if len(got)+len(want) > 0 && !cmp.Equal(want, got) {
		t.Error(cmp.Diff(want, got))
	}
}

func unread(t *testing.T, s Store) {
	ann, bob := s.pair(t)
	cid := s.user(t)
	hall, den, l := s.room(t, ann, bob), s.room(t, ann, bob), s.line()
	if _, err := s.open(t.Context(), ann, bob); err != nil {
		t.Fatal(err)
	}
	talk := id.Direct(ann, bob)
	l.wantUnread(t, bob, nil)
	first := sent(t, s.commit(t, draft(hall, ann, "a", "x"))[0], 3)
	s.commit(t, draft(hall, bob, "own", "x"), draft(hall, ann, "b", "x"), draft(den, ann, "a", "x"), direct(ann, bob, "x"))
	all := map[id.Conversation]int{hall.Conversation(): 2, den.Conversation(): 1, talk: 1}
	l.wantUnread(t, bob, all)
	l.wantUnread(t, ann, map[id.Conversation]int{hall.Conversation(): 1})
	l.wantUnread(t, cid, nil)

	// Who joins has not missed what was said before.
	s.must(t, func(ctx context.Context, tx journal.Tx) error {
		h, err := tx.Lock(ctx, hall.Conversation())
		if err != nil {
			return err
		}
		e := journal.Event{At: at, Actor: cid, Body: []byte("joined")}
		if err := tx.Append(ctx, h, &e); err != nil {
			return err
		}
		return tx.PutMember(ctx, journal.Member{Conversation: h.Conversation, User: cid, Role: journal.Plain, JoinedAt: at, JoinedSeq: e.Seq})
	})
	l.wantUnread(t, cid, nil)
	s.commit(t, draft(hall, ann, "c", "x"))
	l.wantUnread(t, cid, map[id.Conversation]int{hall.Conversation(): 1})

	// What is deleted or read does not count, nor does a room that one left.
	if _, err := l.Delete(t.Context(), ann, first.ID); err != nil {
		t.Fatal(err)
	}
	l.wantUnread(t, bob, all)
	if seq, err := l.MarkRead(t.Context(), bob, hall.Conversation(), 5); seq != 5 || err != nil {
		t.Errorf("marked %d, %v", seq, err)
	}
	if seq, err := l.ReadDirect(t.Context(), bob, ann, 0); seq != 1 || err != nil {
		t.Errorf("marked %d, %v", seq, err)
	}
	s.change(t, den, bob, func(_ *journal.Head, m *journal.Member) { m.LeftSeq = 3 })
	l.wantUnread(t, bob, map[id.Conversation]int{hall.Conversation(): 1})
}

func unreadBound(t *testing.T, s Store) {
	const n = 7
	ann, bob := s.user(t), s.user(t)
	c := s.room(t, ann, bob).Conversation()
	for i := range n {
		s.commit(t, draft(id.Room(c), ann, strconv.Itoa(i), "x"))
	}
	for limit, want := range map[int]int{1: 1, n - 1: n - 1, n: n, n + 1: n} {
		got, err := s.CountUnread(t.Context(), bob, map[id.Conversation]int64{c: 0, {UUID: id.New()}: 0}, limit)
		if diff := cmp.Diff(map[id.Conversation]int{c: want}, got); diff != "" || err != nil {
			t.Errorf("%v %s", err, diff)
		}
	}
}

func readMark(t *testing.T, s Store) {
	ann, bob := s.user(t), s.user(t)
	r, l := s.room(t, ann), s.line()
	c := r.Conversation()
	for i := range 4 {
		s.commit(t, draft(r, ann, strconv.Itoa(i), "x"))
	}
	for _, test := range []struct{ say, want int64 }{{2, 2}, {1, 2}, {2, 2}, {4, 4}, {99, 5}, {0, 5}, {3, 5}} {
		if got, err := l.MarkRead(t.Context(), ann, c, test.say); got != test.want || err != nil {
			t.Errorf("mark %d: got %d, %v, want %d", test.say, got, err, test.want)
		}
	}
	marks, err := l.ReadMarks(t.Context(), ann)
	if diff := cmp.Diff(map[id.Conversation]int64{c: 5}, marks); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	events, head, _, err := s.Journal().UserEvents(t.Context(), ann, 0, 9)
	if err != nil || head != 3 {
		t.Fatalf("%d events, %v", head, err)
	}
	if diff := cmp.Diff(l.users, events); diff != "" {
		t.Error(diff)
	}
	for i, seq := range []int64{2, 4, 5} {
		if got := string(events[i].Body); got != fmt.Sprint("read ", c, " to ", seq) {
			t.Errorf("event %d says %s", i, got)
		}
	}
	if _, err := l.MarkRead(t.Context(), bob, c, 0); fault.CodeOf(err) != "not_room_member" {
		t.Errorf("got %v", err)
	}
	if seq, err := l.ReadDirect(t.Context(), ann, bob, 0); seq != 0 || err != nil {
		t.Errorf("a talk that has not begun: %d, %v", seq, err)
	}
	if _, err := l.ReadDirect(t.Context(), ann, id.User{UUID: id.New()}, 0); fault.CodeOf(err) != "user_not_found" {
		t.Errorf("got %v", err)
	}
}

// readRace marks from many devices at once: the events tell the marks in
// growing order, and the last of them is where the mark is.
func readRace(t *testing.T, s Store) {
	const n = 12
	ann := s.user(t)
	r, l := s.room(t, ann), s.line()
	c := r.Conversation()
	for i := range n {
		s.commit(t, draft(r, ann, strconv.Itoa(i), "x"))
	}
	var g sync.WaitGroup
	for i := range int64(n) {
		g.Go(func() {
			if at, err := l.MarkRead(context.WithoutCancel(t.Context()), ann, c, i+1); at < i+1 || err != nil {
				t.Errorf("marked %d, %v", at, err)
			}
		})
	}
	g.Wait()
	events, head, _, err := s.Journal().UserEvents(t.Context(), ann, 0, 99)
	if err != nil || head != int64(len(events)) || len(events) == 0 || len(events) != len(l.users) {
		t.Fatalf("%d events, head %d, %d told, %v", len(events), head, len(l.users), err)
	}
	last := int64(0)
	for i, e := range events {
		var seq int64
		if _, err := fmt.Sscanf(string(e.Body), "read "+c.String()+" to %d", &seq); err != nil || seq <= last {
			t.Errorf("event %d says %s after %d, %v", i, e.Body, last, err)
		}
		last = seq
	}
	if last != n {
		t.Errorf("the mark is at %d", last)
	}
}
