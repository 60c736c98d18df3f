// Package storetest is the contract of timeline.Store, as a test.
package storetest

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
	"github.com/lair-chat/lair/services/message/internal/timeline"
)

// Store is a store and a way to change the journal beside it, as other services
// do.
type Store struct {
	timeline.Store
	Update func(ctx context.Context, f func(journal.Tx) error) error
}

var at = time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC)

// Run checks the stores that open returns.
func Run(t *testing.T, open func(testing.TB) Store) {
	t.Helper()
	t.Run("MessagesTakeTheNextSeqs", func(t *testing.T) { nextSeqs(t, open(t)) })
	t.Run("RepeatIsTheFirstMessage", func(t *testing.T) { repeat(t, open(t)) })
	t.Run("RepeatWithinABatchIsOneMessage", func(t *testing.T) { repeatInBatch(t, open(t)) })
	t.Run("RepeatOutlivesTheRightToWrite", func(t *testing.T) { repeatAfterwards(t, open(t)) })
	t.Run("RepeatsInARaceAreOneMessage", func(t *testing.T) { repeatRace(t, open(t)) })
	t.Run("IDWithOtherContentIsRefused", func(t *testing.T) { reused(t, open(t)) })
	t.Run("RefusalLeavesNeighboursAlone", func(t *testing.T) { neighbours(t, open(t)) })
	t.Run("KickedMemberCannotSend", func(t *testing.T) { kick(t, open(t)) })
	t.Run("MutedMemberCannotSend", func(t *testing.T) { muted(t, open(t)) })
	t.Run("BlockedUserCannotSend", func(t *testing.T) { blocked(t, open(t)) })
	t.Run("ManyWritersLeaveNoHole", func(t *testing.T) { manyWriters(t, open(t)) })
	t.Run("CrossingBatchesDoNotDeadlock", func(t *testing.T) { crossing(t, open(t)) })
	t.Run("CommitTakesTextAsItIs", func(t *testing.T) { anyText(t, open(t)) })
	t.Run("DirectConversationIsOpenedOnce", func(t *testing.T) { openDirect(t, open(t)) })
	t.Run("DirectNeedsBothUsers", func(t *testing.T) { strangers(t, open(t)) })
	t.Run("MessagesAreCounted", func(t *testing.T) { counted(t, open(t)) })
	t.Run("HistoryIsReadFromBothEnds", func(t *testing.T) { history(t, open(t)) })
	t.Run("EditKeepsThePlaceAndNoOldContent", func(t *testing.T) { edited(t, open(t)) })
	t.Run("DeleteLeavesATombstone", func(t *testing.T) { deleted(t, open(t)) })
	t.Run("ChangesNeedTheirRights", func(t *testing.T) { rights(t, open(t)) })
	t.Run("DirectMessagesAreChangedByTheirAuthors", func(t *testing.T) { directRights(t, open(t)) })
	t.Run("KickedMemberCannotEdit", func(t *testing.T) { kickedEdit(t, open(t)) })
	t.Run("UnreadIsCountedFromTheMark", func(t *testing.T) { unread(t, open(t)) })
	t.Run("UnreadIsCountedUpToABound", func(t *testing.T) { unreadBound(t, open(t)) })
	t.Run("ReadMarkNeverGoesBack", func(t *testing.T) { readMark(t, open(t)) })
	t.Run("ReadMarksInARaceTellTheirOrder", func(t *testing.T) { readRace(t, open(t)) })
	t.Run("ChangesInARaceLeaveNoHole", func(t *testing.T) { changeRace(t, open(t)) })
	t.Run("DeletedRoomIsPurged", func(t *testing.T) { purge(t, open(t)) })
	t.Run("WhoIsGoneGetsNoMessages", func(t *testing.T) { endedDirect(t, open(t)) })
	t.Run("WhoIsGoneLeavesNoTraces", func(t *testing.T) { forget(t, open(t)) })
}

func (s Store) must(t *testing.T, f func(context.Context, journal.Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), func(tx journal.Tx) error { return f(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

// user makes a user.
func (s Store) user(t *testing.T) id.User {
	t.Helper()
	u := id.User{UUID: id.New()}
	s.must(t, func(ctx context.Context, tx journal.Tx) error { return tx.CreateUser(ctx, u) })
	return u
}

// room makes a room with an event for each member who joins.
func (s Store) room(t *testing.T, members ...id.User) id.Room {
	t.Helper()
	r := id.Room{UUID: id.New()}
	s.must(t, func(ctx context.Context, tx journal.Tx) error {
		h, err := tx.Create(ctx, r.Conversation(), journal.Room)
		if err != nil {
			return err
		}
		for _, u := range members {
			e := journal.Event{At: at, Actor: u, Body: []byte("joined")}
			if err := tx.Append(ctx, h, &e); err != nil {
				return err
			}
			m := journal.Member{Conversation: r.Conversation(), User: u, Role: journal.Plain, JoinedAt: at, JoinedSeq: e.Seq}
			if err := tx.PutMember(ctx, m); err != nil {
				return err
			}
		}
		return nil
	})
	return r
}

func draft(r id.Room, author id.User, name, text string) *timeline.Draft {
	return &timeline.Draft{Author: author, Room: r, ClientMsgID: name, ContentType: timeline.Text, Content: []byte(text)}
}

func (s Store) commit(t *testing.T, drafts ...*timeline.Draft) []timeline.Outcome {
	t.Helper()
	outcomes, err := s.Commit(t.Context(), drafts, at)
	if err != nil {
		t.Fatal(err)
	}
	if len(outcomes) != len(drafts) {
		t.Fatalf("%d outcomes of %d drafts", len(outcomes), len(drafts))
	}
	return outcomes
}

func sent(t *testing.T, o timeline.Outcome, seq int64) timeline.Message {
	t.Helper()
	if o.Err != nil || !o.Fresh || o.Message.Seq != seq {
		t.Fatalf("got %+v, want a new message with seq %d", o, seq)
	}
	return o.Message
}

func refused(t *testing.T, o timeline.Outcome, code string) {
	t.Helper()
	if fault.CodeOf(o.Err) != code || o.Fresh {
		t.Errorf("got %+v, want %s", o, code)
	}
}

func nextSeqs(t *testing.T, s Store) {
	ann, bob := s.user(t), s.user(t)
	one, two := s.room(t, ann, bob), s.room(t, ann)
	outcomes := s.commit(t, draft(one, ann, "a", "1"), draft(two, ann, "a", "2"), draft(one, bob, "a", "3"))
	first := sent(t, outcomes[0], 3)
	sent(t, outcomes[1], 2)
	third := sent(t, outcomes[2], 4)
	fourth := sent(t, s.commit(t, draft(one, ann, "b", "4"))[0], 5)

	got, err := s.Messages(t.Context(), one.Conversation(), timeline.Range{First: 1, Last: 9}, 9)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]timeline.Message{first, third, fourth}, got); diff != "" {
		t.Error(diff)
	}
	events, err := s.Journal().Events(t.Context(), one.Conversation(), 2, 9)
	if err != nil || len(events) != 3 {
		t.Fatalf("%d events, %v", len(events), err)
	}
	for i, m := range []timeline.Message{first, third, fourth} {
		if e := events[i]; e.Seq != m.Seq || e.Message != m.ID || e.Actor != m.Author || len(e.Body) != 0 {
			t.Errorf("event %+v of message %+v", e, m)
		}
	}
}

func repeat(t *testing.T, s Store) {
	ann := s.user(t)
	r := s.room(t, ann)
	first := sent(t, s.commit(t, draft(r, ann, "a", "hello"))[0], 2)
	again := s.commit(t, draft(r, ann, "a", "hello"))[0]
	if again.Fresh || again.Err != nil {
		t.Fatalf("got %+v", again)
	}
	if diff := cmp.Diff(first, again.Message); diff != "" {
		t.Error(diff)
	}
	sent(t, s.commit(t, draft(r, ann, "b", "hello"))[0], 3)
}

func repeatInBatch(t *testing.T, s Store) {
	ann, bob := s.user(t), s.user(t)
	r := s.room(t, ann, bob)
	outcomes := s.commit(t, draft(r, ann, "a", "x"), draft(r, ann, "a", "x"), draft(r, bob, "a", "x"))
	first := sent(t, outcomes[0], 3)
	if outcomes[1].Fresh || outcomes[1].Message.ID != first.ID {
		t.Errorf("got %+v", outcomes[1])
	}
	sent(t, outcomes[2], 4) // another author's id is another id
}

func reused(t *testing.T, s Store) {
	ann := s.user(t)
	r := s.room(t, ann)
	outcomes := s.commit(t, draft(r, ann, "a", "x"), draft(r, ann, "a", "y"))
	sent(t, outcomes[0], 2)
	refused(t, outcomes[1], "client_msg_id_reused")
	refused(t, s.commit(t, draft(r, ann, "a", "z"))[0], "client_msg_id_reused")
}

func neighbours(t *testing.T, s Store) {
	ann, stranger := s.user(t), s.user(t)
	r := s.room(t, ann)
	outcomes := s.commit(t, draft(r, ann, "a", "1"), draft(r, stranger, "a", "2"), draft(r, ann, "b", "3"))
	sent(t, outcomes[0], 2)
	refused(t, outcomes[1], "not_room_member")
	sent(t, outcomes[2], 3)
}

// kick holds the head as a kick does, sends meanwhile, and expects the refusal
// once the kick is committed: a kicked member's message never follows the kick.
func kick(t *testing.T, s Store) {
	ann, bob := s.user(t), s.user(t)
	r := s.room(t, ann, bob)
	c := r.Conversation()
	outcome := make(chan timeline.Outcome, 1)
	s.must(t, func(ctx context.Context, tx journal.Tx) error {
		h, err := tx.Lock(ctx, c)
		if err != nil {
			return err
		}
		begun := make(chan struct{})
		go func() {
			close(begun)
			outcome <- s.insist(t, draft(r, bob, "a", "too late"))
		}()
		<-begun
		m, _, err := tx.Member(ctx, c, bob)
		if err != nil {
			return err
		}
		e := journal.Event{At: at, Actor: ann, Body: []byte("kicked")}
		if err := tx.Append(ctx, h, &e); err != nil {
			return err
		}
		m.LeftSeq = e.Seq
		return tx.PutMember(ctx, m)
	})
	refused(t, <-outcome, "not_room_member")
	head, err := s.Journal().Head(t.Context(), c)
	if err != nil || head.Seq != 3 {
		t.Errorf("head %+v, %v", head, err)
	}
}

// insist commits one draft, again and again while its head is held.
func (s Store) insist(t *testing.T, d *timeline.Draft) timeline.Outcome {
	for {
		outcomes, err := s.Commit(context.WithoutCancel(t.Context()), []*timeline.Draft{d}, at)
		if err != nil {
			return timeline.Outcome{Err: err}
		}
		if !errors.Is(outcomes[0].Err, timeline.ErrHeld) {
			return outcomes[0]
		}
	}
}

func (s Store) change(t *testing.T, r id.Room, u id.User, f func(*journal.Head, *journal.Member)) {
	t.Helper()
	s.must(t, func(ctx context.Context, tx journal.Tx) error {
		h, err := tx.Lock(ctx, r.Conversation())
		if err != nil {
			return err
		}
		m, _, err := tx.Member(ctx, r.Conversation(), u)
		if err != nil {
			return err
		}
		f(h, &m)
		return errors.Join(tx.SetHead(ctx, h), tx.PutMember(ctx, m))
	})
}

func muted(t *testing.T, s Store) {
	ann := s.user(t)
	r := s.room(t, ann)
	s.change(t, r, ann, func(_ *journal.Head, m *journal.Member) { m.MutedUntil = at.Add(time.Second) })
	refused(t, s.commit(t, draft(r, ann, "a", "x"))[0], "permission_denied")
	s.change(t, r, ann, func(_ *journal.Head, m *journal.Member) { m.MutedUntil = at })
	sent(t, s.commit(t, draft(r, ann, "a", "x"))[0], 2)
	s.change(t, r, ann, func(h *journal.Head, _ *journal.Member) { h.Moderated = true })
	refused(t, s.commit(t, draft(r, ann, "b", "x"))[0], "permission_denied")
	s.change(t, r, ann, func(_ *journal.Head, m *journal.Member) { m.Role = journal.Moderator })
	sent(t, s.commit(t, draft(r, ann, "b", "x"))[0], 3)
	s.change(t, r, ann, func(h *journal.Head, _ *journal.Member) { h.Deleted = true })
	refused(t, s.commit(t, draft(r, ann, "c", "x"))[0], "not_room_member")
}

func direct(from, to id.User, name string) *timeline.Draft {
	return &timeline.Draft{Author: from, Recipient: to, ClientMsgID: name, ContentType: timeline.Text, Content: []byte(name)}
}

func (s Store) open(ctx context.Context, a, b id.User) (bool, error) {
	c := id.Direct(a, b)
	members := []journal.Member{
		{Conversation: c, User: a, Role: journal.Plain, JoinedAt: at, JoinedSeq: 1, Peer: b},
		{Conversation: c, User: b, Role: journal.Plain, JoinedAt: at, JoinedSeq: 1, Peer: a},
	}
	events := []*journal.UserEvent{{User: a, At: at, Body: []byte("b")}, {User: b, At: at, Body: []byte("a")}}
	return s.OpenDirect(ctx, c, members, events)
}

func (s Store) pair(t *testing.T) (a, b id.User) {
	t.Helper()
	a, b = s.user(t), s.user(t)
	if slices.Compare(a.Bytes(), b.Bytes()) > 0 {
		a, b = b, a
	}
	return a, b
}

func blocked(t *testing.T, s Store) {
	ann, bob := s.pair(t)
	if _, err := s.open(t.Context(), ann, bob); err != nil {
		t.Fatal(err)
	}
	s.must(t, func(ctx context.Context, tx journal.Tx) error {
		if _, err := tx.Lock(ctx, id.Direct(ann, bob)); err != nil {
			return err
		}
		return tx.SetBlock(ctx, bob, ann, true, time.Now())
	})
	outcomes := s.commit(t, direct(ann, bob, "x"), direct(bob, ann, "y"))
	refused(t, outcomes[0], "user_blocked")
	sent(t, outcomes[1], 1)
}

func openDirect(t *testing.T, s Store) {
	ann, bob := s.pair(t)
	var g sync.WaitGroup
	var mu sync.Mutex
	made := 0
	for range 8 {
		g.Go(func() {
			fresh, err := s.open(context.Background(), ann, bob)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			if fresh {
				made++
			}
		})
	}
	g.Wait()
	if made != 1 {
		t.Errorf("made %d times", made)
	}
	for _, u := range []id.User{ann, bob} {
		if events, head, _, err := s.Journal().UserEvents(t.Context(), u, 0, 9); err != nil || len(events) != 1 || head != 1 {
			t.Errorf("%d events, head %d, %v", len(events), head, err)
		}
	}
}

func strangers(t *testing.T, s Store) {
	ann, nobody := s.user(t), id.User{UUID: id.New()}
	if _, err := s.open(t.Context(), ann, nobody); fault.CodeOf(err) != "user_not_found" {
		t.Errorf("got %v", err)
	}
}

func history(t *testing.T, s Store) {
	ann := s.user(t)
	r := s.room(t, ann)
	for i := range 6 {
		sent(t, s.commit(t, draft(r, ann, strconv.Itoa(i), strconv.Itoa(i)))[0], int64(i)+2)
	}
	for _, test := range []struct {
		r     timeline.Range
		limit int
		want  []int64
	}{
		{timeline.Range{First: 1, Last: 99, Newest: true}, 3, []int64{7, 6, 5}},
		{timeline.Range{First: 1, Last: 4, Newest: true}, 9, []int64{4, 3, 2}},
		{timeline.Range{First: 4, Last: 99}, 2, []int64{4, 5}},
		{timeline.Range{First: 8, Last: 99}, 2, nil},
	} {
		list, err := s.Messages(t.Context(), r.Conversation(), test.r, test.limit)
		if err != nil {
			t.Fatal(err)
		}
		var seqs []int64
		for _, m := range list {
			seqs = append(seqs, m.Seq)
		}
		if !slices.Equal(seqs, test.want) {
			t.Errorf("%+v: got %v, want %v", test.r, seqs, test.want)
		}
	}
	found, err := s.MessagesAt(t.Context(), r.Conversation(), []int64{1, 3, 7, 99})
	if err != nil || len(found) != 2 || string(found[3].Content) != "1" || string(found[7].Content) != "5" {
		t.Errorf("got %v, %v", found, err)
	}
}
