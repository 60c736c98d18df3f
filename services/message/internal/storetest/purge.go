package storetest

import (
	"context"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
	"github.com/lair-chat/lair/services/message/internal/timeline"
)

// retire deletes a room, as the room service does.
func (s Store) retire(t *testing.T, r id.Room, when time.Time) {
	t.Helper()
	s.must(t, func(ctx context.Context, tx journal.Tx) error {
		h, err := tx.Lock(ctx, r.Conversation())
		if err != nil {
			return err
		}
		if err := tx.Append(ctx, h, &journal.Event{At: when, Body: []byte("deleted")}); err != nil {
			return err
		}
		return tx.Retire(ctx, h, when)
	})
}

func purge(t *testing.T, s Store) {
	const n = 1200 // more than is purged at once
	ann, bob := s.pair(t)
	hall, den, l := s.room(t, ann, bob), s.room(t, ann, bob), s.line()
	drafts := make([]*timeline.Draft, n)
	for i := range drafts {
		drafts[i] = draft(hall, ann, strconv.Itoa(i), "x")
	}
	first := s.commit(t, drafts...)[0].Message
	s.commit(t, draft(den, ann, "a", "x"))
	for _, r := range []id.Room{hall, den} {
		if _, err := l.MarkRead(t.Context(), bob, r.Conversation(), 0); err != nil {
			t.Fatal(err)
		}
		s.retire(t, r, at)
	}
	s.retire(t, s.room(t, ann), at.Add(time.Hour))
	must := func(err error) {
		if err != nil {
			t.Error(err)
		}
	}
	must(l.Purge(t.Context(), at))
	page, err := l.Events(t.Context(), hall.Conversation(), bob, 0, 10)
	if err != nil || len(page.Events) != 10 || !page.Left && page.Reset {
		t.Errorf("before the time: %+v, %v", page, err)
	}
	// Readers meet either the whole log or a reset.
	stop := make(chan struct{})
	var g, readers sync.WaitGroup
	for _, u := range []id.User{bob, {}} {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				page, err := l.Events(t.Context(), hall.Conversation(), u, 2, 700)
				if err != nil || !page.Reset && (len(page.Events) != 700 || page.Events[0].Seq != 3) {
					t.Errorf("%d events, reset %v, %v", len(page.Events), page.Reset, err)
					return
				}
			}
		})
	}
	for range 3 {
		g.Go(func() { must(l.Purge(t.Context(), at.Add(time.Minute))) })
	}
	g.Wait()
	close(stop)
	readers.Wait()
	if found, err := s.MessagesByID(t.Context(), []id.Message{first.ID}); err != nil || len(found) != 0 {
		t.Errorf("got %v, %v", found, err)
	}
	if marks, err := l.ReadMarks(t.Context(), bob); err != nil || len(marks) != 0 {
		t.Errorf("got %v, %v", marks, err)
	}
	list, err := s.Journal().Retired(t.Context(), journal.Messages, at.Add(2*time.Hour), 9)
	if err != nil || len(list) != 1 {
		t.Errorf("still to be done: %v, %v", list, err)
	}
	for after, reset := range map[int64]bool{0: true, n: true, n + 3: false} {
		page, err := l.Events(t.Context(), hall.Conversation(), bob, after, 10)
		if err != nil || page.Reset != reset || len(page.Events) != 0 || !page.Left || page.Head != n+3 {
			t.Errorf("after %d: %+v, %v", after, page, err)
		}
	}
	// When the members are gone, too, a client on its way is still told.
	s.must(t, func(ctx context.Context, tx journal.Tx) error {
		h, err := tx.Lock(ctx, hall.Conversation())
		if err == nil {
			_, err = tx.PurgeLog(ctx, h, 2*n)
		}
		return err
	})
	page, err = l.Events(t.Context(), hall.Conversation(), bob, 5, 10)
	if err != nil || !page.Reset || !page.Left || page.Head != n+3 {
		t.Errorf("got %+v, %v", page, err)
	}
	refused(t, s.commit(t, draft(hall, ann, "late", "x"))[0], "not_room_member")
	if _, err := l.Delete(t.Context(), ann, first.ID); fault.CodeOf(err) != "message_not_found" {
		t.Errorf("got %v", err)
	}
}
