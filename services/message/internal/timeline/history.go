package timeline

import (
	"context"
	"errors"
	"slices"
	"sort"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
)

// MaxPage is the largest page of messages or events.
const MaxPage = 1000

// Event is an event of a conversation with the message that it sends.
type Event struct {
	journal.Event
	// Sent is set if the event sends a message.
	Sent *Message
	// About is set if the event is about a message that was sent before.
	About *Message
}

// Page is a stretch of a sequence.
type Page[E any] struct {
	// Events follow the position without holes, the oldest first.
	Events []E
	// Head is the newest position that the reader may see.
	Head int64
	// Reset says that the position does not join up with what the log has.
	Reset bool
	// Left says that the reader is no longer a member: Head is its last.
	Left bool
}

// visible returns the newest position of the conversation that the user may
// see, which is the event with which it left if it did.
func (t *Timeline) visible(ctx context.Context, c id.Conversation, u id.User) (head journal.Head, left bool, err error) {
	// The head before the member: the user may leave in between, and the event
	// that says so may then be beyond the head, never the other way round.
	head, err = t.needs.Store.Journal().Head(ctx, c)
	if err != nil {
		return head, false, err
	}
	m, ok, err := t.needs.Store.Journal().Member(ctx, c, u)
	if err == nil && !ok {
		err = errNotMember
	}
	if err != nil || m.Active() {
		return head, false, err
	}
	left = head.Seq >= m.LeftSeq
	head.Seq = min(head.Seq, m.LeftSeq)
	return head, left, nil
}

// Events reads what follows position after in a conversation. A zero user is a
// gateway, which reads for all its users.
func (t *Timeline) Events(ctx context.Context, c id.Conversation, u id.User, after int64, limit int) (Page[Event], error) {
	var head journal.Head
	var left bool
	var err error
	if u.IsZero() {
		head, err = t.needs.Store.Journal().Head(ctx, c)
	} else {
		head, left, err = t.visible(ctx, c, u)
	}
	if errors.Is(err, errNotMember) && purged(head) {
		return Page[Event]{Head: head.Seq, Reset: true, Left: true}, nil // it may have been one
	}
	if err != nil {
		return Page[Event]{}, err
	}
	if after > head.Seq || after < head.First-1 {
		return Page[Event]{Head: head.Seq, Reset: true, Left: left}, nil
	}
	limit = min(page(limit), int(min(head.Seq-after, MaxPage)))
	if limit == 0 {
		return Page[Event]{Head: head.Seq, Left: left}, nil
	}
	entries, err := t.needs.Store.Journal().Events(ctx, c, after, limit)
	if err != nil {
		return Page[Event]{}, err
	}
	events, err := t.fill(ctx, c, entries)
	if err != nil || len(entries) == 0 || entries[0].Seq != after+1 {
		// The room may have been purged since the head was read. Part of what was
		// there must not be taken for all of it.
		if now, lost := t.needs.Store.Journal().Head(ctx, c); lost == nil && purged(now) {
			return Page[Event]{Head: head.Seq, Reset: true, Left: left}, nil
		}
	}
	return Page[Event]{Events: events, Head: head.Seq, Left: left}, err
}

// purged reports whether the log of a deleted conversation is closed.
func purged(h journal.Head) bool { return h.Deleted && h.First > h.Seq }

// fill adds the messages that the events send, or are about, in their present
// form.
func (t *Timeline) fill(ctx context.Context, c id.Conversation, entries []journal.Event) ([]Event, error) {
	events := make([]Event, len(entries))
	var seqs []int64
	var ids []id.Message
	for i, e := range entries {
		events[i].Event = e
		switch {
		case len(e.Body) == 0:
			seqs = append(seqs, e.Seq)
		case !e.Message.IsZero():
			ids = append(ids, e.Message)
		}
	}
	var err error
	var sent map[int64]Message
	if len(seqs) > 0 {
		if sent, err = t.needs.Store.MessagesAt(ctx, c, seqs); err != nil {
			return nil, err
		}
	}
	var about map[id.Message]Message
	if len(ids) > 0 {
		if about, err = t.needs.Store.MessagesByID(ctx, ids); err != nil {
			return nil, err
		}
	}
	for i, e := range entries {
		if len(e.Body) > 0 {
			if m, ok := about[e.Message]; ok {
				events[i].About = &m
			}
			continue
		}
		m, ok := sent[e.Seq]
		if !ok {
			return nil, fault.New(fault.Internal, "internal_error", "event %d of %v has no message", e.Seq, c)
		}
		events[i].Sent = &m
	}
	return events, nil
}

// UserEvents reads what follows position after in the user's own sequence.
func (t *Timeline) UserEvents(ctx context.Context, u id.User, after int64, limit int) (Page[journal.UserEvent], error) {
	events, head, first, err := t.needs.Store.Journal().UserEvents(ctx, u, after, page(limit))
	if err != nil {
		return Page[journal.UserEvent]{}, err
	}
	if after > head || after < first-1 {
		return Page[journal.UserEvent]{Head: head, Reset: true}, nil
	}
	return Page[journal.UserEvent]{Events: events, Head: head}, nil
}

// Conversations returns all that the user is or was part of, with the newest
// positions that it may see, and the head of its own sequence. What is
// committed after the call is beyond these positions.
func (t *Timeline) Conversations(ctx context.Context, u id.User) ([]journal.Membership, int64, error) {
	// The user's own head first: a conversation added in between is then in the
	// list and, once more, in an event; never in neither.
	_, users, err := t.needs.Store.Journal().Heads(ctx, nil, []id.User{u})
	if err != nil {
		return nil, 0, err
	}
	list, err := t.needs.Store.Journal().Memberships(ctx, u)
	for i, m := range list {
		if !m.Active() {
			list[i].Head.Seq = min(m.Head.Seq, m.LeftSeq)
		}
	}
	return list, users[u], err
}

// Heads returns the newest positions of conversations and users.
func (t *Timeline) Heads(ctx context.Context, cs []id.Conversation, us []id.User) (map[id.Conversation]int64, map[id.User]int64, error) {
	return t.needs.Store.Journal().Heads(ctx, cs, us)
}

// Messages reads up to limit messages that the user may see, the newest first,
// and reports whether there are more in the direction of reading. Only members
// of now may read a room.
func (t *Timeline) Messages(ctx context.Context, c id.Conversation, u id.User, b Bound, limit int) ([]Message, bool, error) {
	m, ok, err := t.needs.Store.Journal().Member(ctx, c, u)
	if err != nil {
		return nil, false, err
	}
	if !ok || !m.Active() {
		return nil, false, errNotMember
	}
	head, err := t.needs.Store.Journal().Head(ctx, c)
	if err != nil {
		return nil, false, err
	}
	r, err := t.stretch(ctx, c, head.Seq, b)
	if err != nil {
		return nil, false, err
	}
	limit = page(limit)
	list, err := t.needs.Store.Messages(ctx, c, r, limit+1)
	more := len(list) > limit
	if more {
		list = list[:limit]
	}
	if !r.Newest {
		slices.Reverse(list)
	}
	return list, more, err
}

func (t *Timeline) stretch(ctx context.Context, c id.Conversation, head int64, b Bound) (Range, error) {
	switch {
	case b.BeforeSeq > 0:
		return Range{First: 1, Last: b.BeforeSeq - 1, Newest: true}, nil
	case b.AfterSeq > 0:
		return Range{First: b.AfterSeq + 1, Last: head}, nil
	case !b.BeforeTime.IsZero():
		seq, err := t.firstAt(ctx, c, head, b.BeforeTime)
		return Range{First: 1, Last: seq - 1, Newest: true}, err
	case !b.AfterTime.IsZero():
		seq, err := t.firstAt(ctx, c, head, b.AfterTime.Add(time.Microsecond))
		return Range{First: seq, Last: head}, err
	}
	return Range{First: 1, Last: head, Newest: true}, nil
}

// firstAt returns the position of the first message that is not older than the
// moment. Times grow with positions (to within the difference of two servers'
// clocks), so it halves the range: about twenty look-ups by key, which is less
// than what an index on times would cost each message that is sent.
func (t *Timeline) firstAt(ctx context.Context, c id.Conversation, head int64, at time.Time) (int64, error) {
	var failed error
	seq := sort.Search(int(head), func(i int) bool {
		if failed != nil {
			return true
		}
		// The newest message at or before position i+1 stands for it.
		list, err := t.needs.Store.Messages(ctx, c, Range{First: 1, Last: int64(i) + 1, Newest: true}, 1)
		if err != nil {
			failed = err
		}
		return len(list) > 0 && !list[0].CreatedAt.Before(at)
	})
	return int64(seq) + 1, failed
}

func page(limit int) int { return max(0, min(limit, MaxPage)) }
