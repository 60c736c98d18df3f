// Package journaltest is the contract of the journal, as a test.
package journaltest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
)

// Store is a database with a journal in it.
type Store struct {
	Reader journal.Reader
	// Update runs f in a transaction, committed unless f returns an error.
	Update func(ctx context.Context, f func(journal.Tx) error) error
	// BeginEpoch does so in a transaction.
	BeginEpoch func(ctx context.Context) error
}

var at = time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC)

func user() id.User { return id.User{UUID: id.New()} }

func (s Store) must(t *testing.T, f func(context.Context, journal.Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), func(tx journal.Tx) error { return f(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

func (s Store) create(t *testing.T) id.Conversation {
	t.Helper()
	c := id.Conversation{UUID: id.New()}
	s.must(t, func(ctx context.Context, tx journal.Tx) error {
		_, err := tx.Create(ctx, c, journal.Room)
		return err
	})
	return c
}

// Run checks the store that open returns.
func Run(t *testing.T, open func(testing.TB) Store) {
	t.Helper()
	t.Run("EventsComeBackInOrder", func(t *testing.T) { eventsInOrder(t, open(t)) })
	t.Run("ARolledBackWriteLeavesNoHole", func(t *testing.T) { rollback(t, open(t)) })
	t.Run("WritersTakeTurns", func(t *testing.T) { writers(t, open(t)) })
	t.Run("MembersKeepTheirRows", func(t *testing.T) { members(t, open(t)) })
	t.Run("AllMembersAreEndedAtOnce", func(t *testing.T) { endMembers(t, open(t)) })
	t.Run("UsersHaveSequences", func(t *testing.T) { users(t, open(t)) })
	t.Run("UsersThatAreNotThere", func(t *testing.T) { strangers(t, open(t)) })
	t.Run("BlocksComeAndGo", func(t *testing.T) { blocks(t, open(t)) })
	t.Run("HeadsAreStored", func(t *testing.T) { heads(t, open(t)) })
	t.Run("DeletedConversationIsOnTheListUntilAllIsPurged", func(t *testing.T) { retired(t, open(t)) })
	t.Run("LogIsPurgedInBatches", func(t *testing.T) { purgeLog(t, open(t)) })
	t.Run("EndedUserIsNotThere", func(t *testing.T) { endUser(t, open(t)) })
	t.Run("NothingFollowsTheEndOfAUser", func(t *testing.T) { endUserRace(t, open(t)) })
	t.Run("NoPositionIsGivenAgainAfterARestore", func(t *testing.T) { epoch(t, open(t)) })
	t.Run("BlocksAreClearedInBatches", func(t *testing.T) { clearBlocks(t, open(t)) })
}

func eventsInOrder(t *testing.T, s Store) {
	c := s.create(t)
	var want []journal.Event
	s.must(t, func(ctx context.Context, tx journal.Tx) error {
		h, err := tx.Lock(ctx, c)
		for i := 1; i <= 5 && err == nil; i++ {
			e := journal.Event{At: at, Actor: user(), Message: id.Message{UUID: id.New()}, Body: fmt.Append(nil, "body ", i)}
			err = tx.Append(ctx, h, &e)
			want = append(want, e)
		}
		return err
	})
	got, err := s.Reader.Events(t.Context(), c, 0, 100)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Fatalf("%v %s", err, diff)
	}
	for i, e := range got {
		if e.Seq != int64(i+1) || e.Conversation != c {
			t.Fatalf("event %d is %+v", i, e)
		}
	}
	got, err = s.Reader.Events(t.Context(), c, 2, 2)
	if diff := cmp.Diff(want[2:4], got); err != nil || diff != "" {
		t.Fatalf("%v %s", err, diff)
	}
}

func rollback(t *testing.T, s Store) {
	c := s.create(t)
	write := func(fail bool) {
		_ = s.Update(t.Context(), func(tx journal.Tx) error {
			h, err := tx.Lock(t.Context(), c)
			if err != nil {
				return err
			}
			if err := tx.Append(t.Context(), h, &journal.Event{At: at}); err != nil || !fail {
				return err
			}
			return context.Canceled
		})
	}
	write(false)
	write(true)
	write(false)
	events, err := s.Reader.Events(t.Context(), c, 0, 10)
	if err != nil || len(events) != 2 || events[1].Seq != 2 {
		t.Fatalf("%+v, %v", events, err)
	}
}

func writers(t *testing.T, s Store) {
	const n, each = 8, 10
	c := s.create(t)
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			for range each {
				err := s.Update(t.Context(), func(tx journal.Tx) error {
					h, err := tx.Lock(t.Context(), c)
					if err != nil {
						return err
					}
					return tx.Append(t.Context(), h, &journal.Event{At: at})
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	events, err := s.Reader.Events(t.Context(), c, 0, 1000)
	if err != nil || len(events) != n*each {
		t.Fatalf("%d events, %v", len(events), err)
	}
	for i, e := range events {
		if e.Seq != int64(i+1) {
			t.Fatalf("hole before %d", e.Seq)
		}
	}
}

func members(t *testing.T, s Store) {
	c, owner, plain, gone := s.create(t), user(), user(), user()
	rows := []journal.Member{
		{Conversation: c, User: plain, Role: journal.Plain, JoinedAt: at, JoinedSeq: 2, MutedUntil: at.Add(time.Hour)},
		{Conversation: c, User: owner, Role: journal.Owner, JoinedAt: at.Add(time.Minute), JoinedSeq: 1, Peer: plain},
		{Conversation: c, User: gone, Role: journal.Plain, JoinedAt: at, JoinedSeq: 3, LeftSeq: 4},
	}
	s.must(t, func(ctx context.Context, tx journal.Tx) error {
		if _, err := tx.Lock(ctx, c); err != nil {
			return err
		}
		for _, m := range rows {
			if err := tx.PutMember(ctx, m); err != nil {
				return err
			}
		}
		got, err := tx.Members(ctx, c)
		if diff := cmp.Diff([]journal.Member{rows[1], rows[0]}, got); diff != "" {
			t.Errorf("in the transaction: %s", diff)
		}
		return err
	})
	got, err := s.Reader.Members(t.Context(), c)
	if diff := cmp.Diff([]journal.Member{rows[1], rows[0]}, got); err != nil || diff != "" {
		t.Fatalf("%v %s", err, diff)
	}
	for _, want := range rows {
		m, ok, err := s.Reader.Member(t.Context(), c, want.User)
		if diff := cmp.Diff(want, m); err != nil || !ok || diff != "" {
			t.Errorf("%v %v %s", err, ok, diff)
		}
	}
	if _, ok, err := s.Reader.Member(t.Context(), c, user()); ok || err != nil {
		t.Errorf("a stranger is a member: %v", err)
	}
	if got, err = s.Reader.MemberPage(t.Context(), c, 1, 1); err != nil || cmp.Diff([]journal.Member{rows[0]}, got) != "" {
		t.Errorf("%v, %v", got, err)
	}
	if got, err = s.Reader.MemberPage(t.Context(), c, 9, 0); err != nil || len(got) != 2 {
		t.Errorf("%v, %v", got, err)
	}
	counts, err := s.Reader.Counts(t.Context(), []id.Conversation{c, {UUID: id.New()}})
	if diff := cmp.Diff(map[id.Conversation]int{c: 2}, counts); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	list, err := s.Reader.Memberships(t.Context(), gone)
	want := []journal.Membership{{Member: rows[2], Head: journal.Head{Conversation: c, Kind: journal.Room, First: 1}}}
	if diff := cmp.Diff(want, list); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
}

func endMembers(t *testing.T, s Store) {
	c, other, a, gone := s.create(t), s.create(t), user(), user()
	s.must(t, func(ctx context.Context, tx journal.Tx) error {
		h, err := tx.Lock(ctx, c)
		if err != nil {
			return err
		}
		for _, m := range []journal.Member{
			{Conversation: c, User: a, Role: journal.Owner, JoinedAt: at, JoinedSeq: 1},
			{Conversation: c, User: gone, Role: journal.Plain, JoinedAt: at, JoinedSeq: 2, LeftSeq: 3},
			{Conversation: other, User: a, Role: journal.Owner, JoinedAt: at, JoinedSeq: 1},
		} {
			if err := tx.PutMember(ctx, m); err != nil {
				return err
			}
		}
		h.Seq = 7
		return tx.EndMembers(ctx, h)
	})
	for _, want := range []struct {
		c    id.Conversation
		u    id.User
		left int64
	}{{c, a, 7}, {c, gone, 3}, {other, a, 0}} {
		if m, _, err := s.Reader.Member(t.Context(), want.c, want.u); err != nil || m.LeftSeq != want.left {
			t.Errorf("left with %d, want %d, %v", m.LeftSeq, want.left, err)
		}
	}
}

func users(t *testing.T, s Store) {
	a, b := user(), user()
	s.must(t, func(ctx context.Context, tx journal.Tx) error {
		for _, u := range []id.User{a, b} {
			if err := tx.CreateUser(ctx, u); err != nil {
				return err
			}
		}
		for i := range 3 {
			e := journal.UserEvent{User: a, At: at, Body: []byte{byte(i)}}
			if err := tx.AppendUser(ctx, &e); err != nil || e.Seq != int64(i+1) {
				return fmt.Errorf("seq %d: %w", e.Seq, err)
			}
		}
		return nil
	})
	events, head, first, err := s.Reader.UserEvents(t.Context(), a, 1, 10)
	if err != nil || len(events) != 2 || head != 3 || first != 1 || events[0].Seq != 2 || events[0].Body[0] != 1 {
		t.Fatalf("%+v, head %d, first %d, %v", events, head, first, err)
	}
	_, heads, err := s.Reader.Heads(t.Context(), nil, []id.User{a, b, user()})
	if diff := cmp.Diff(map[id.User]int64{a: 3, b: 0}, heads); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
}

func strangers(t *testing.T, s Store) {
	a := user()
	s.must(t, func(ctx context.Context, tx journal.Tx) error {
		if err := tx.CreateUser(ctx, a); err != nil {
			return err
		}
		if ok, err := tx.UsersExist(ctx, a, a); !ok || err != nil {
			t.Errorf("a is not there: %v", err)
		}
		if ok, err := tx.UsersExist(ctx, a, user()); ok || err != nil {
			t.Errorf("a stranger is there: %v", err)
		}
		_, err := tx.Lock(ctx, id.Conversation{UUID: id.New()})
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("no conversation: %v", err)
		}
		return nil
	})
	events, head, first, err := s.Reader.UserEvents(t.Context(), user(), 0, 10)
	if err != nil || len(events) != 0 || head != 0 || first != 1 {
		t.Errorf("%v %d %d %v", events, head, first, err)
	}
	if _, err := s.Reader.Head(t.Context(), id.Conversation{UUID: id.New()}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("no head: %v", err)
	}
}

func blocks(t *testing.T, s Store) {
	a, b := user(), user()
	for _, want := range []bool{true, true, false} {
		s.must(t, func(ctx context.Context, tx journal.Tx) error {
			if err := tx.SetBlock(ctx, a, b, want, at); err != nil {
				return err
			}
			if got, err := tx.Blocked(ctx, a, b); got != want || err != nil {
				t.Errorf("blocked %v, want %v, %v", got, want, err)
			}
			if got, err := tx.Blocked(ctx, b, a); got || err != nil {
				t.Errorf("the other way: %v, %v", got, err)
			}
			return nil
		})
	}
	list := make([]journal.Block, 3)
	s.must(t, func(ctx context.Context, tx journal.Tx) error {
		for i := range list {
			list[i] = journal.Block{By: a, User: user(), At: at.Add(time.Duration(-i) * time.Second)}
			if i == 2 {
				list[i].At = time.Time{}
				if err := tx.SetBlock(ctx, a, list[i].User, true, time.Unix(0, 0)); err != nil {
					return err
				}
				continue
			}
			for _, late := range []time.Duration{0, time.Hour} { // the first time counts
				if err := tx.SetBlock(ctx, a, list[i].User, true, list[i].At.Add(late)); err != nil {
					return err
				}
			}
		}
		return nil
	})
	for offset := range list {
		got, err := s.Reader.Blocks(t.Context(), a, 2, offset)
		if diff := cmp.Diff(list[offset:min(offset+2, 3)], got); err != nil || diff != "" {
			t.Errorf("%v %s", err, diff)
		}
	}
}

func heads(t *testing.T, s Store) {
	c := s.create(t)
	s.must(t, func(ctx context.Context, tx journal.Tx) error {
		h, err := tx.Lock(ctx, c)
		if err != nil {
			return err
		}
		h.Moderated, h.Deleted = true, true
		if err := tx.SetHead(ctx, h); err != nil {
			return err
		}
		return tx.Append(ctx, h, &journal.Event{At: at})
	})
	want := journal.Head{Conversation: c, Kind: journal.Room, Seq: 1, First: 1, Moderated: true, Deleted: true}
	got, err := s.Reader.Head(t.Context(), c)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	seqs, _, err := s.Reader.Heads(t.Context(), []id.Conversation{c, {UUID: id.New()}}, nil)
	if diff := cmp.Diff(map[id.Conversation]int64{c: 1}, seqs); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
}
