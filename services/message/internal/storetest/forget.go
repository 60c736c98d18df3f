package storetest

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
	"github.com/lair-chat/lair/services/message/internal/timeline"
)

// end ends a user, as the auth service does when an account is deleted.
func (s Store) end(t *testing.T, u id.User) {
	t.Helper()
	s.must(t, func(ctx context.Context, tx journal.Tx) error { return tx.EndUser(ctx, u) })
}

// endedDirect is the direct conversation with a user whose account is deleted.
func endedDirect(t *testing.T, s Store) {
	ann, bob := s.pair(t)
	if _, err := s.open(t.Context(), ann, bob); err != nil {
		t.Fatal(err)
	}
	first := sent(t, s.commit(t, direct(ann, bob, "x"))[0], 1)
	s.end(t, bob)
	outcomes := s.commit(t, direct(ann, bob, "y"), direct(bob, ann, "z"), direct(ann, bob, "x"))
	refused(t, outcomes[0], "user_not_found")
	refused(t, outcomes[1], "user_not_found")
	if o := outcomes[2]; o.Err != nil || o.Fresh || o.Message.ID != first.ID {
		t.Errorf("a repeat: %+v", o) // it only missed the answer
	}
	l := s.line()
	list, more, err := l.Messages(t.Context(), id.Direct(ann, bob), ann, timeline.Bound{}, 9)
	if err != nil || more || len(list) != 1 || list[0].ID != first.ID {
		t.Errorf("got %+v, %v", list, err)
	}
	if err := l.UserExists(t.Context(), bob); fault.CodeOf(err) != "user_not_found" {
		t.Errorf("got %v", err)
	}
	if err := l.UserExists(t.Context(), ann); err != nil {
		t.Error(err)
	}
	// One that has not begun.
	var got error
	cid := s.user(t)
	l.Send(t.Context(), direct(cid, bob, "x"), func(_ timeline.Message, err error) { got = err })
	if fault.CodeOf(got) != "user_not_found" {
		t.Errorf("got %v", got)
	}
}

func forget(t *testing.T, s Store) {
	const said = 7
	ann, bob := s.pair(t)
	hall, l, self := s.room(t, ann, bob), s.line(), id.Direct(ann, ann)
	_, err := s.OpenDirect(t.Context(), self,
		[]journal.Member{{Conversation: self, User: ann, Role: journal.Plain, JoinedAt: at, JoinedSeq: 1, Peer: ann}},
		[]*journal.UserEvent{{User: ann, At: at, Body: []byte("x")}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.open(t.Context(), ann, bob); err != nil {
		t.Fatal(err)
	}
	for i := range said {
		sent(t, s.commit(t, direct(ann, ann, fmt.Sprint("secret ", i)))[0], int64(i)+1)
	}
	stays := []timeline.Message{
		sent(t, s.commit(t, draft(hall, ann, "a", "x"))[0], 3), sent(t, s.commit(t, direct(ann, bob, "y"))[0], 1),
	}
	for _, c := range []id.Conversation{hall.Conversation(), self, stays[1].Conversation} {
		if _, err := l.MarkRead(t.Context(), ann, c, 0); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := l.MarkRead(t.Context(), bob, hall.Conversation(), 0); err != nil {
		t.Fatal(err)
	}
	var g sync.WaitGroup
	for range 3 { // many copies at once
		g.Go(func() {
			if err := l.Forget(t.Context(), ann); err != nil {
				t.Error(err)
			}
		})
	}
	g.Wait()
	if marks, err := l.ReadMarks(t.Context(), ann); err != nil || len(marks) != 0 {
		t.Errorf("got %v, %v", marks, err)
	}
	if marks, err := l.ReadMarks(t.Context(), bob); err != nil || len(marks) != 1 {
		t.Errorf("got %v, %v", marks, err)
	}
	if _, err := l.MarkRead(t.Context(), ann, hall.Conversation(), 0); fault.CodeOf(err) != "user_not_found" {
		t.Errorf("a mark comes back: %v", err)
	}
	all, err := s.MessagesAt(t.Context(), self, []int64{1, 2, 3, 4, 5, 6, 7})
	if err != nil || len(all) != said {
		t.Fatalf("got %v, %v", all, err)
	}
	for _, m := range all {
		if m.DeletedAt.IsZero() || len(m.Content) != 0 {
			t.Errorf("%+v is still there", m)
		}
	}
	for _, m := range stays {
		if got := s.messageAt(t, m); string(got.Content) != string(m.Content) || !got.DeletedAt.IsZero() {
			t.Errorf("got %+v", got)
		}
	}
	if err := l.Forget(t.Context(), s.user(t)); err != nil { // who never said anything
		t.Error(err)
	}
}
