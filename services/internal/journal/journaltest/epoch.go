package journaltest

import (
	"context"
	"testing"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
)

// epoch restores a backup, as far as the journal sees that: the client has more than
// the database, and what is made and said then must not look like what it has.
func epoch(t *testing.T, s Store) {
	p := s.people(t, 2)
	ann, gone := p[0], p[1]
	old, closed := s.create(t), s.create(t)
	s.must(t, func(ctx context.Context, tx journal.Tx) error {
		for _, c := range []id.Conversation{old, closed} {
			h, err := tx.Lock(ctx, c)
			if err != nil {
				return err
			}
			if err := tx.Append(ctx, h, &journal.Event{At: at}); err != nil {
				return err
			}
			if h.Deleted = c == closed; h.Deleted {
				if err := tx.SetHead(ctx, h); err != nil {
					return err
				}
			}
		}
		return tx.EndUser(ctx, gone)
	})
	if n, err := s.Reader.First(t.Context()); n != 1 || err != nil {
		t.Errorf("sequences begin with %d, %v", n, err)
	}
	for round := int64(1); round <= 2; round++ {
		if err := s.BeginEpoch(t.Context()); err != nil {
			t.Fatal(err)
		}
		jump := round * journal.Step
		if n, err := s.Reader.First(t.Context()); n != jump+1 || err != nil {
			t.Errorf("sequences begin with %d, %v", n, err)
		}
		fresh := s.create(t)
		someone := s.people(t, 1)[0]
		for c, want := range map[id.Conversation]journal.Head{
			old:    {Seq: jump + round, First: jump + round + 1},
			fresh:  {Seq: jump, First: jump + 1},
			closed: {Seq: 1, First: 1, Deleted: true}, // nothing follows in any epoch
		} {
			want.Conversation, want.Kind = c, journal.Room
			if h, err := s.Reader.Head(t.Context(), c); h != want || err != nil {
				t.Errorf("got %+v, %v, want %+v", h, err, want)
			}
		}
		for u, want := range map[id.User]int64{ann: jump + round, someone: jump + 1} {
			e := journal.UserEvent{User: u, At: at, Body: []byte("x")}
			s.must(t, func(ctx context.Context, tx journal.Tx) error { return tx.AppendUser(ctx, &e) })
			_, head, first, err := s.Reader.UserEvents(t.Context(), u, want-1, 10)
			if e.Seq != want || head != want || first != want || err != nil {
				t.Errorf("an event of a user is at %d of %d, the log begins with %d, %v; want %d", e.Seq, head, first, err, want)
			}
		}
		s.must(t, func(ctx context.Context, tx journal.Tx) error {
			h, err := tx.Lock(ctx, old)
			if err != nil {
				return err
			}
			return tx.Append(ctx, h, &journal.Event{At: at})
		})
	}
}
