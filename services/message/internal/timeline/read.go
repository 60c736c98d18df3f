package timeline

import (
	"context"
	"errors"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
)

// MaxUnread is up to where unread messages are counted.
const MaxUnread = 1000

// errUnmoved ends a transaction in which a mark did not move.
var errUnmoved = errors.New("somebody else has moved the mark")

// MarkRead notes that the user has read the conversation up to seq, or all of
// it if seq is 0, and tells its other devices. It returns where the mark is,
// which never goes back. Errors: not_room_member.
func (t *Timeline) MarkRead(ctx context.Context, u id.User, c id.Conversation, seq int64) (int64, error) {
	m, _, err := t.needs.Store.Journal().Member(ctx, c, u)
	if err != nil {
		return 0, err
	}
	if !m.Active() {
		return 0, errNotMember
	}
	head, err := t.needs.Store.Journal().Head(ctx, c)
	if err != nil {
		return 0, err
	}
	if seq == 0 || seq > head.Seq {
		seq = head.Seq
	}
	var now int64
	event := &journal.UserEvent{User: u, Body: t.needs.Wire.ReadMarked(c, seq)}
	err = t.needs.Store.Update(ctx, func(tx Tx) error {
		if now, err = tx.ReadMark(ctx, u, c); err != nil || now >= seq {
			return err
		}
		// The head of the user before the mark: that is the order of locks. It
		// also makes those who mark at once wait here, and the one that comes
		// late finds the mark moved.
		event.At = t.needs.Now().UTC().Truncate(time.Microsecond)
		if err := tx.AppendUser(ctx, event); err != nil {
			return err
		}
		moved, err := tx.AdvanceReadMark(ctx, u, c, seq)
		if err == nil && !moved {
			return errUnmoved
		}
		return err
	})
	switch {
	case errors.Is(err, errUnmoved):
		return t.mark(ctx, u, c)
	case err != nil || now >= seq:
		return now, err
	}
	t.needs.Wire.Opened([]*journal.UserEvent{event})
	return seq, nil
}

func (t *Timeline) mark(ctx context.Context, u id.User, c id.Conversation) (int64, error) {
	marks, err := t.needs.Store.ReadMarks(ctx, u)
	return marks[c], err
}

// ReadMarks returns how far the user has read, where it said so.
func (t *Timeline) ReadMarks(ctx context.Context, u id.User) (map[id.Conversation]int64, error) {
	return t.needs.Store.ReadMarks(ctx, u)
}

// Unread counts what the user has not read in the conversations that it is part
// of, each up to MaxUnread: messages behind its mark, and behind its joining,
// that are neither its own nor deleted. Conversations without are left out.
func (t *Timeline) Unread(ctx context.Context, u id.User) (map[id.Conversation]int, error) {
	list, err := t.needs.Store.Journal().Memberships(ctx, u)
	if err != nil {
		return nil, err
	}
	marks, err := t.needs.Store.ReadMarks(ctx, u)
	if err != nil {
		return nil, err
	}
	after := make(map[id.Conversation]int64, len(list))
	for _, m := range list {
		// A direct conversation is joined at the place of its first message.
		from := max(marks[m.Conversation], m.JoinedSeq-1)
		if m.Active() && !m.Head.Deleted && m.Head.Seq > from {
			after[m.Conversation] = from
		}
	}
	if len(after) == 0 {
		return nil, nil
	}
	return t.needs.Store.CountUnread(ctx, u, after, MaxUnread)
}

// ReadDirect is MarkRead of the conversation with a user, which need not have
// begun. Errors: user_not_found.
func (t *Timeline) ReadDirect(ctx context.Context, u, peer id.User, seq int64) (int64, error) {
	at, err := t.MarkRead(ctx, u, id.Direct(u, peer), seq)
	if fault.CodeOf(err) == "not_room_member" {
		return 0, t.UserExists(ctx, peer)
	}
	return at, err
}
