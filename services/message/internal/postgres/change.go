package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/sqldb"
	"github.com/lair-chat/lair/services/internal/journal"
	journalpg "github.com/lair-chat/lair/services/internal/journal/postgres"
	"github.com/lair-chat/lair/services/message/internal/postgres/db"
	"github.com/lair-chat/lair/services/message/internal/timeline"
)

// Update implements timeline.Store.
func (s *Store) Update(ctx context.Context, f func(timeline.Tx) error) error {
	return sqldb.Transact(ctx, s.pool, func(conn pgx.Tx) error { return f(tx{journalpg.New(conn), conn, s.q}) })
}

// tx implements timeline.Tx.
type tx struct {
	journal.Tx
	conn pgx.Tx
	q    *db.Queries
}

func (t tx) Message(ctx context.Context, m id.Message) (timeline.Message, bool, error) {
	row, err := t.q.Message(ctx, t.conn, m.UUID)
	if errors.Is(err, pgx.ErrNoRows) {
		return timeline.Message{}, false, nil
	}
	return message(row), err == nil, err
}

func (t tx) SetMessage(ctx context.Context, m timeline.Message) error {
	return t.q.UpdateMessage(ctx, t.conn, db.UpdateMessageParams{
		MessageID: m.ID.UUID, ContentType: m.ContentType, Content: m.Content,
		EditedAt: orNull(m.EditedAt), DeletedAt: orNull(m.DeletedAt),
	})
}

// MessagesByID implements timeline.Store.
func (s *Store) MessagesByID(ctx context.Context, ids []id.Message) (map[id.Message]timeline.Message, error) {
	raw := make([]id.UUID, len(ids))
	for i, m := range ids {
		raw[i] = m.UUID
	}
	rows, err := s.q.MessagesByID(ctx, s.pool, raw)
	found := make(map[id.Message]timeline.Message, len(rows))
	for _, row := range rows {
		found[id.Message{UUID: row.MessageID}] = message(row)
	}
	return found, err
}

func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
