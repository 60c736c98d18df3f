package journaltest

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
)

// retire makes a conversation with members and events, and deletes it.
func (s Store) retire(t *testing.T, events int, deleted time.Time) id.Conversation {
	t.Helper()
	c := s.create(t)
	s.must(t, func(ctx context.Context, tx journal.Tx) error {
		h, err := tx.Lock(ctx, c)
		if err != nil {
			return err
		}
		for i := range events {
			if err := tx.Append(ctx, h, &journal.Event{At: at, Body: []byte("x")}); err != nil {
				return err
			}
			m := journal.Member{Conversation: c, User: user(), Role: journal.Plain, JoinedAt: at, JoinedSeq: int64(i) + 1}
			if err := tx.PutMember(ctx, m); err != nil {
				return err
			}
		}
		return tx.Retire(ctx, h, deleted)
	})
	return c
}

func (s Store) held(t *testing.T, c id.Conversation, f func(ctx context.Context, tx journal.Tx, h *journal.Head) error) {
	t.Helper()
	s.must(t, func(ctx context.Context, tx journal.Tx) error {
		h, err := tx.Lock(ctx, c)
		if err != nil {
			return err
		}
		return f(ctx, tx, h)
	})
}

func (s Store) wantRetired(t *testing.T, p journal.Part, before time.Time, limit int, want ...id.Conversation) {
	t.Helper()
	got, err := s.Reader.Retired(t.Context(), p, before, limit)
	if diff := cmp.Diff(append([]id.Conversation{}, want...), got); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
}

func retired(t *testing.T, s Store) {
	s.create(t)
	second, first := s.retire(t, 1, at.Add(time.Hour)), s.retire(t, 1, at)
	third := s.retire(t, 1, at.Add(2*time.Hour))
	head, err := s.Reader.Head(t.Context(), first)
	if err != nil || !head.Deleted {
		t.Errorf("got %+v, %v", head, err)
	}
	if list, err := s.Reader.Members(t.Context(), first); err != nil || len(list) != 0 {
		t.Errorf("got %+v, %v", list, err)
	}
	s.wantRetired(t, journal.Log, at, 9)
	s.wantRetired(t, journal.Log, at.Add(2*time.Hour), 9, first, second)
	s.wantRetired(t, journal.Messages, at.Add(3*time.Hour), 2, first, second)
	for range 2 {
		s.held(t, first, func(ctx context.Context, tx journal.Tx, h *journal.Head) error { return tx.Purged(ctx, h, journal.Log) })
		s.wantRetired(t, journal.Log, at.Add(3*time.Hour), 9, second, third)
		s.wantRetired(t, journal.Messages, at.Add(3*time.Hour), 9, first, second, third)
	}
	s.held(t, first, func(ctx context.Context, tx journal.Tx, h *journal.Head) error {
		return tx.Purged(ctx, h, journal.Messages)
	})
	s.wantRetired(t, journal.Messages, at.Add(3*time.Hour), 9, second, third)
}

func purgeLog(t *testing.T, s Store) {
	const n, batch = 7, 3
	c, other := s.retire(t, n, at), s.retire(t, n, at)
	for i, want := range []int64{2 * batch, 2 * batch, 2, 0} {
		s.held(t, c, func(ctx context.Context, tx journal.Tx, h *journal.Head) error {
			got, err := tx.PurgeLog(ctx, h, batch)
			if got != want || h.First != n+1 {
				t.Errorf("%d are gone, want %d, the log begins at %d", got, want, h.First)
			}
			return err
		})
		// From the first batch on nobody can read a part for the whole.
		if head, err := s.Reader.Head(t.Context(), c); err != nil || head.Seq != n || head.First != n+1 {
			t.Errorf("after batch %d: %+v, %v", i+1, head, err)
		}
	}
	if events, err := s.Reader.Events(t.Context(), c, 0, 99); err != nil || len(events) != 0 {
		t.Errorf("%d events are left, %v", len(events), err)
	}
	if events, err := s.Reader.Events(t.Context(), other, 0, 99); err != nil || len(events) != n {
		t.Errorf("%d events of another conversation are left, %v", len(events), err)
	}
}
