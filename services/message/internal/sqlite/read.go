package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/message/internal/sqlite/db"
)

func (t tx) ReadMark(ctx context.Context, u id.User, c id.Conversation) (int64, error) {
	seq, err := t.q.ReadMark(ctx, t.conn, db.ReadMarkParams{UserID: u.UUID, ConversationID: c.UUID})
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return seq, err
}

func (t tx) AdvanceReadMark(ctx context.Context, u id.User, c id.Conversation, seq int64) (bool, error) {
	n, err := t.q.AdvanceReadMark(ctx, t.conn, db.AdvanceReadMarkParams{UserID: u.UUID, ConversationID: c.UUID, Seq: seq})
	return n > 0, err
}

// ReadMarks implements timeline.Store.
func (s *Store) ReadMarks(ctx context.Context, u id.User) (map[id.Conversation]int64, error) {
	rows, err := s.q.ReadMarks(ctx, s.file.Read, u.UUID)
	marks := make(map[id.Conversation]int64, len(rows))
	for _, row := range rows {
		marks[id.Conversation{UUID: row.ConversationID}] = row.Seq
	}
	return marks, err
}

// CountUnread implements timeline.Store. A question for each conversation is no
// journey here.
func (s *Store) CountUnread(ctx context.Context, u id.User, after map[id.Conversation]int64, limit int) (map[id.Conversation]int, error) {
	counts := make(map[id.Conversation]int, len(after))
	for c, seq := range after {
		n, err := s.q.CountUnread(ctx, s.file.Read, db.CountUnreadParams{
			ConversationID: c.UUID, After: seq, AuthorID: u.UUID, MaxRows: int64(limit),
		})
		if err != nil {
			return nil, err
		}
		if n > 0 {
			counts[c] = int(n)
		}
	}
	return counts, nil
}
