package journaltest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
)

func (s Store) people(t *testing.T, n int) []id.User {
	t.Helper()
	list := make([]id.User, n)
	for i := range list {
		list[i] = user()
		s.must(t, func(ctx context.Context, tx journal.Tx) error { return tx.CreateUser(ctx, list[i]) })
	}
	return list
}

func endUser(t *testing.T, s Store) {
	p := s.people(t, 2)
	ann, bob := p[0], p[1]
	tell := func(ctx context.Context, tx journal.Tx) error {
		return tx.AppendUser(ctx, &journal.UserEvent{User: ann, At: at, Body: []byte("x")})
	}
	s.must(t, tell)
	for range 2 {
		s.must(t, func(ctx context.Context, tx journal.Tx) error {
			return errors.Join(tx.EndUser(ctx, ann), tx.EndUser(ctx, user()))
		})
	}
	s.must(t, func(ctx context.Context, tx journal.Tx) error {
		if ok, err := tx.UsersExist(ctx, bob, ann); ok || err != nil {
			t.Errorf("who has ended is there: %v", err)
		}
		for _, u := range []id.User{ann, user()} {
			if err := tx.AppendUser(ctx, &journal.UserEvent{User: u, At: at, Body: []byte("x")}); !errors.Is(err, journal.ErrNoUser) {
				t.Errorf("got %v", err)
			}
		}
		return tx.AppendUser(ctx, &journal.UserEvent{User: bob, At: at, Body: []byte("x")}) // the transaction goes on
	})
	for u, want := range map[id.User]bool{ann: false, bob: true, user(): false} {
		if ok, err := s.Reader.UserExists(t.Context(), u); ok != want || err != nil {
			t.Errorf("got %v, %v, want %v", ok, err, want)
		}
	}
	events, head, _, err := s.Reader.UserEvents(t.Context(), ann, 0, 10)
	if err != nil || len(events) != 1 || head != 1 {
		t.Errorf("%v, head %d, %v", events, head, err)
	}
}

// Who writes to the sequence of a user is either before its end, or refused.
func endUserRace(t *testing.T, s Store) {
	ann := s.people(t, 1)[0]
	written := make(chan int64)
	go func() {
		defer close(written)
		for {
			e := journal.UserEvent{User: ann, At: at, Body: []byte("x")}
			if err := s.Update(t.Context(), func(tx journal.Tx) error { return tx.AppendUser(t.Context(), &e) }); err != nil {
				if !errors.Is(err, journal.ErrNoUser) {
					t.Error(err)
				}
				return
			}
			written <- e.Seq
		}
	}()
	for range 3 {
		<-written
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := s.Update(t.Context(), func(tx journal.Tx) error { return tx.EndUser(t.Context(), ann) }); err != nil {
			t.Error(err)
		}
	}()
	last := int64(3)
	for seq := range written {
		last = seq
	}
	<-ended
	if _, head, _, err := s.Reader.UserEvents(t.Context(), ann, 0, 1); err != nil || head != last {
		t.Errorf("head %d after %d, %v", head, last, err)
	}
}

func clearBlocks(t *testing.T, s Store) {
	const n, batch = 7, 3
	ann, bob, cid := user(), user(), user()
	s.must(t, func(ctx context.Context, tx journal.Tx) error {
		err := tx.SetBlock(ctx, bob, cid, true, time.Unix(0, 0))
		for range n {
			err = errors.Join(err, tx.SetBlock(ctx, ann, user(), true, time.Unix(0, 0)), tx.SetBlock(ctx, user(), ann, true, time.Unix(0, 0)))
		}
		return err
	})
	for _, want := range []int64{2 * batch, 2 * batch, 2, 0} {
		s.must(t, func(ctx context.Context, tx journal.Tx) error {
			got, err := tx.ClearBlocks(ctx, ann, batch)
			if got != want {
				t.Errorf("%d are gone, want %d", got, want)
			}
			return err
		})
	}
	s.must(t, func(ctx context.Context, tx journal.Tx) error {
		if ok, err := tx.Blocked(ctx, bob, cid); !ok || err != nil {
			t.Errorf("another block is gone: %v", err)
		}
		return nil
	})
}
