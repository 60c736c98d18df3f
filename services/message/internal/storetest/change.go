package storetest

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
	"github.com/lair-chat/lair/services/message/internal/timeline"
)

// tape is a wire that keeps what it announces.
type tape struct {
	mu      sync.Mutex
	changes []journal.Event
	users   []journal.UserEvent
}

func (*tape) Added(c id.Conversation, peer id.User, _ int64) []byte {
	return fmt.Append(nil, c, " with ", peer)
}

func (*tape) Edited(m timeline.Message) []byte { return fmt.Append(nil, "edited ", m.ID) }

func (*tape) Deleted(m timeline.Message) []byte { return fmt.Append(nil, "deleted ", m.ID) }

func (*tape) ReadMarked(c id.Conversation, seq int64) []byte {
	return fmt.Append(nil, "read ", c, " to ", seq)
}

func (*tape) Sent([]timeline.Message)                                      {}
func (*tape) Committed(context.Context, int, time.Duration, time.Duration) {}

func (w *tape) Opened(events []*journal.UserEvent) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range events {
		w.users = append(w.users, *e)
	}
}

func (w *tape) Changed(_ context.Context, e journal.Event, _ timeline.Message) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.changes = append(w.changes, e)
}

// line is a timeline on the store, whose clock moves on by a second whenever it
// is read.
type line struct {
	*timeline.Timeline
	*tape
}

func (s Store) line() line {
	w := &tape{}
	var ticks atomic.Int64
	now := func() time.Time { return at.Add(time.Duration(ticks.Add(1)) * time.Second) }
	return line{timeline.New(timeline.Needs{Store: s.Store, Wire: w, Now: now, Log: slog.New(slog.DiscardHandler), Stats: w}), w}
}

func (l line) edit(t *testing.T, by id.User, m timeline.Message, text string) (timeline.Message, error) {
	return l.Edit(context.WithoutCancel(t.Context()), by, m.ID, timeline.Text, []byte(text))
}

func (s Store) messageAt(t *testing.T, m timeline.Message) timeline.Message {
	t.Helper()
	found, err := s.MessagesAt(t.Context(), m.Conversation, []int64{m.Seq})
	if err != nil {
		t.Fatal(err)
	}
	byID, err := s.MessagesByID(t.Context(), []id.Message{m.ID, {UUID: id.New()}})
	if err != nil || len(byID) != 1 {
		t.Fatalf("%d messages, %v", len(byID), err)
	}
	if diff := cmp.Diff(found[m.Seq], byID[m.ID]); diff != "" {
		t.Error(diff)
	}
	return byID[m.ID]
}

func edited(t *testing.T, s Store) {
	ann := s.user(t)
	r, l := s.room(t, ann), s.line()
	first := sent(t, s.commit(t, draft(r, ann, "a", "helo"))[0], 2)
	got, err := l.edit(t, ann, first, "hello")
	if err != nil {
		t.Fatal(err)
	}
	want := first
	want.Content, want.EditedAt = []byte("hello"), at.Add(time.Second)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want, s.messageAt(t, first)); diff != "" {
		t.Error(diff)
	}
	// An edit that is repeated is one edit.
	if again, err := l.edit(t, ann, first, "hello"); err != nil || !again.EditedAt.Equal(want.EditedAt) {
		t.Errorf("got %+v, %v", again, err)
	}
	// So is a send that is repeated after the edit.
	again := s.commit(t, draft(r, ann, "a", "helo"))[0]
	if diff := cmp.Diff(timeline.Outcome{Message: want}, again); diff != "" {
		t.Error(diff)
	}
	page, err := l.Events(t.Context(), r.Conversation(), ann, 1, 9)
	if err != nil || page.Head != 3 || len(page.Events) != 2 || len(l.changes) != 1 {
		t.Fatalf("got %+v, %v", page, err)
	}
	if diff := cmp.Diff(&want, page.Events[0].Sent); diff != "" {
		t.Error(diff)
	}
	e := page.Events[1]
	if diff := cmp.Diff(&want, e.About); diff != "" || e.Actor != ann || bytes.Contains(e.Body, want.Content) {
		t.Errorf("event %+v %s", e, diff)
	}
	if diff := cmp.Diff(e.Event, l.changes[0]); diff != "" {
		t.Error(diff)
	}
}

func deleted(t *testing.T, s Store) {
	ann := s.user(t)
	r, l := s.room(t, ann), s.line()
	first := sent(t, s.commit(t, draft(r, ann, "a", "secret"))[0], 2)
	second := sent(t, s.commit(t, draft(r, ann, "b", "x"))[0], 3)
	if _, err := l.edit(t, ann, first, "geheim"); err != nil {
		t.Fatal(err)
	}
	for range 2 { // twice is once
		if _, err := l.Delete(t.Context(), ann, first.ID); err != nil {
			t.Fatal(err)
		}
	}
	tombstone := s.messageAt(t, first)
	if len(tombstone.Content) != 0 || tombstone.DeletedAt.IsZero() || tombstone.ClientMsgID != "a" {
		t.Errorf("got %+v", tombstone)
	}
	if _, err := l.edit(t, ann, first, "again"); fault.CodeOf(err) != "message_deleted" {
		t.Errorf("got %v", err)
	}
	list, more, err := l.Messages(t.Context(), r.Conversation(), ann, timeline.Bound{}, 1)
	if err != nil || more || len(list) != 1 || list[0].ID != second.ID {
		t.Errorf("got %+v, %v, %v", list, more, err)
	}
	list, _, err = l.Messages(t.Context(), r.Conversation(), ann, timeline.Bound{AfterSeq: 1}, 9)
	if err != nil || len(list) != 1 || list[0].ID != second.ID {
		t.Errorf("got %+v, %v", list, err)
	}
	// A repeat finds the tombstone, and nothing comes back to life.
	again := s.commit(t, draft(r, ann, "a", "secret"), draft(r, ann, "a", "other"))
	if diff := cmp.Diff(timeline.Outcome{Message: tombstone}, again[0]); diff != "" {
		t.Error(diff)
	}
	refused(t, again[1], "client_msg_id_reused")
	page, err := l.Events(t.Context(), r.Conversation(), ann, 0, 9)
	if err != nil || page.Head != 5 || len(page.Events) != 5 {
		t.Fatalf("got %+v, %v", page, err)
	}
	for _, seq := range []int{2, 4, 5} {
		e := page.Events[seq-1]
		m := e.Sent
		if seq > 2 {
			m = e.About
		}
		if m == nil || len(m.Content) > 0 || bytes.Contains(e.Body, []byte("geheim")) {
			t.Errorf("event %d shows %+v", seq, e)
		}
	}
}

// rights is who may change a message that ann wrote.
func rights(t *testing.T, s Store) {
	for name, test := range map[string]struct {
		change       func(*journal.Head, *journal.Member) // to the place of who acts
		author       bool
		edit, delete string // the refusals
	}{
		"Author":               {nil, true, "", ""},
		"Member":               {nil, false, "not_message_author", "permission_denied"},
		"Moderator":            {func(_ *journal.Head, m *journal.Member) { m.Role = journal.Moderator }, false, "not_message_author", ""},
		"Owner":                {func(_ *journal.Head, m *journal.Member) { m.Role = journal.Owner }, false, "not_message_author", ""},
		"MutedAuthor":          {func(_ *journal.Head, m *journal.Member) { m.MutedUntil = at.Add(time.Hour) }, true, "permission_denied", ""},
		"AuthorInAModerated":   {func(h *journal.Head, _ *journal.Member) { h.Moderated = true }, true, "permission_denied", ""},
		"AuthorWhoLeft":        {func(_ *journal.Head, m *journal.Member) { m.LeftSeq = 3 }, true, "not_room_member", "not_room_member"},
		"ModeratorWhoLeft":     {func(_ *journal.Head, m *journal.Member) { m.Role, m.LeftSeq = journal.Moderator, 3 }, false, "message_not_found", "message_not_found"},
		"AuthorInADeletedRoom": {func(h *journal.Head, _ *journal.Member) { h.Deleted = true }, true, "not_room_member", "not_room_member"},
	} {
		t.Run(name, func(t *testing.T) {
			ann, bob := s.user(t), s.user(t)
			r, l := s.room(t, ann, bob), s.line()
			m := sent(t, s.commit(t, draft(r, ann, "a", "x"))[0], 3)
			by := bob
			if test.author {
				by = ann
			}
			if test.change != nil {
				s.change(t, r, by, test.change)
			}
			if _, err := l.edit(t, by, m, "y"); fault.CodeOf(err) != test.edit {
				t.Errorf("edit: got %v, want %q", err, test.edit)
			}
			if _, err := l.Delete(t.Context(), by, m.ID); fault.CodeOf(err) != test.delete {
				t.Errorf("delete: got %v, want %q", err, test.delete)
			}
			if now := s.messageAt(t, m); (len(now.Content) == 0) != (test.delete == "") {
				t.Errorf("it is now %+v", now)
			}
		})
	}
	ann, stranger := s.user(t), s.user(t)
	l := s.line()
	m := sent(t, s.commit(t, draft(s.room(t, ann), ann, "a", "x"))[0], 2)
	for who, m := range map[id.User]timeline.Message{stranger: m, ann: {ID: id.Message{UUID: id.New()}}} {
		_, editErr := l.edit(t, who, m, "y")
		_, deleteErr := l.Delete(t.Context(), who, m.ID)
		if fault.CodeOf(editErr) != "message_not_found" || fault.CodeOf(deleteErr) != "message_not_found" {
			t.Errorf("got %v and %v", editErr, deleteErr)
		}
	}
	for _, text := range []string{"", " \n", "\x00", "\xff", string(make([]byte, timeline.MaxContent+1))} {
		if _, err := l.edit(t, ann, m, text); fault.CodeOf(err) != "content_invalid" {
			t.Errorf("%q: got %v", text, err)
		}
	}
}

func directRights(t *testing.T, s Store) {
	ann, bob := s.pair(t)
	if _, err := s.open(t.Context(), ann, bob); err != nil {
		t.Fatal(err)
	}
	l := s.line()
	m := sent(t, s.commit(t, direct(ann, bob, "x"))[0], 1)
	if _, err := l.edit(t, bob, m, "y"); fault.CodeOf(err) != "not_message_author" {
		t.Errorf("got %v", err)
	}
	if _, err := l.Delete(t.Context(), bob, m.ID); fault.CodeOf(err) != "permission_denied" {
		t.Errorf("got %v", err)
	}
	if _, err := l.edit(t, ann, m, "y"); err != nil {
		t.Error(err)
	}
	s.must(t, func(ctx context.Context, tx journal.Tx) error {
		if _, err := tx.Lock(ctx, m.Conversation); err != nil {
			return err
		}
		return tx.SetBlock(ctx, bob, ann, true, time.Now())
	})
	if _, err := l.edit(t, ann, m, "z"); fault.CodeOf(err) != "user_blocked" {
		t.Errorf("got %v", err)
	}
	if _, err := l.Delete(t.Context(), ann, m.ID); err != nil {
		t.Error(err)
	}
}

// kickedEdit holds the head as a kick does, edits meanwhile, and expects the
// refusal once the kick is committed.
func kickedEdit(t *testing.T, s Store) {
	ann, bob := s.user(t), s.user(t)
	r, l := s.room(t, ann, bob), s.line()
	m := sent(t, s.commit(t, draft(r, bob, "a", "x"))[0], 3)
	outcome := make(chan error, 1)
	s.must(t, func(ctx context.Context, tx journal.Tx) error {
		h, err := tx.Lock(ctx, r.Conversation())
		if err != nil {
			return err
		}
		begun := make(chan struct{})
		go func() {
			close(begun)
			_, err := l.edit(t, bob, m, "too late")
			outcome <- err
		}()
		<-begun
		member, _, err := tx.Member(ctx, r.Conversation(), bob)
		if err != nil {
			return err
		}
		e := journal.Event{At: at, Actor: ann, Body: []byte("kicked")}
		if err := tx.Append(ctx, h, &e); err != nil {
			return err
		}
		member.LeftSeq = e.Seq
		return tx.PutMember(ctx, member)
	})
	if err := <-outcome; fault.CodeOf(err) != "not_room_member" {
		t.Errorf("got %v", err)
	}
	if now := s.messageAt(t, m); string(now.Content) != "x" {
		t.Errorf("it is now %+v", now)
	}
}

// changeRace lets many edit and delete while others send.
func changeRace(t *testing.T, s Store) {
	const writers, rounds = 4, 6
	ann := s.user(t)
	r, l := s.room(t, ann), s.line()
	m := sent(t, s.commit(t, draft(r, ann, "a", "x"))[0], 2)
	var g sync.WaitGroup
	for w := range writers {
		g.Go(func() {
			for i := range rounds {
				if o := s.insist(t, draft(r, ann, fmt.Sprint(w, "-", i), "x")); o.Err != nil {
					t.Error(o.Err)
				}
			}
		})
		g.Go(func() {
			for i := range rounds {
				if _, err := l.edit(t, ann, m, fmt.Sprint(w, "-", i)); err != nil && fault.CodeOf(err) != "message_deleted" {
					t.Error(err)
				}
			}
			if _, err := l.Delete(context.WithoutCancel(t.Context()), ann, m.ID); err != nil {
				t.Error(err)
			}
		})
	}
	g.Wait()
	events, err := s.Journal().Events(t.Context(), r.Conversation(), 0, 1000)
	if err != nil || len(events) != 2+writers*rounds+len(l.changes) {
		t.Fatalf("%d events, %d changes, %v", len(events), len(l.changes), err)
	}
	deletions, last := 0, int64(0)
	for i, e := range events {
		if e.Seq != int64(i)+1 {
			t.Fatalf("event %d has seq %d", i, e.Seq)
		}
		if bytes.HasPrefix(e.Body, []byte("deleted")) {
			deletions++
		}
		if e.Message == m.ID {
			last = e.Seq
		}
	}
	if deletions != 1 || !bytes.HasPrefix(events[last-1].Body, []byte("deleted")) {
		t.Errorf("%d deletions, the last change is %s", deletions, events[last-1].Body)
	}
}
