package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/message/internal/postgres/db"
)

func (t tx) ReadMark(ctx context.Context, u id.User, c id.Conversation) (int64, error) {
	seq, err := t.q.ReadMark(ctx, t.conn, db.ReadMarkParams{UserID: u.UUID, ConversationID: c.UUID})
	if errors.Is(err, pgx.ErrNoRows) {
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
	rows, err := s.q.ReadMarks(ctx, s.pool, u.UUID)
	marks := make(map[id.Conversation]int64, len(rows))
	for _, row := range rows {
		marks[id.Conversation{UUID: row.ConversationID}] = row.Seq
	}
	return marks, err
}

// The limit bounds what is counted in each conversation.
const countUnread = `
SELECT p.conversation_id, n.unread
FROM unnest($1::uuid[], $2::bigint[]) AS p (conversation_id, seq)
CROSS JOIN LATERAL (
	SELECT count(*) AS unread FROM (
		SELECT 1 FROM message_message m
		WHERE m.conversation_id = p.conversation_id AND m.seq > p.seq AND m.author_id <> $3 AND m.deleted_at IS NULL
		LIMIT $4
	) AS found
) AS n
WHERE n.unread > 0`

// CountUnread implements timeline.Store.
func (s *Store) CountUnread(ctx context.Context, u id.User, after map[id.Conversation]int64, limit int) (map[id.Conversation]int, error) {
	conversations, seqs := make([][16]byte, 0, len(after)), make([]int64, 0, len(after))
	for c, seq := range after {
		conversations, seqs = append(conversations, c.UUID), append(seqs, seq)
	}
	rows, err := s.pool.Query(ctx, countUnread, conversations, seqs, u.UUID, limit)
	if err != nil {
		return nil, err
	}
	counts := make(map[id.Conversation]int, len(after))
	var c id.UUID
	var n int
	_, err = pgx.ForEachRow(rows, []any{&c, &n}, func() error {
		counts[id.Conversation{UUID: c}] = n
		return nil
	})
	return counts, err
}
