package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
	journalsqlite "github.com/lair-chat/lair/services/internal/journal/sqlite"
	"github.com/lair-chat/lair/services/message/internal/sqlite/db"
	"github.com/lair-chat/lair/services/message/internal/timeline"
)

// Update implements timeline.Store.
func (s *Store) Update(ctx context.Context, f func(timeline.Tx) error) error {
	return s.file.Update(ctx, func(conn *sql.Tx) error { return f(tx{journalsqlite.New(conn), conn, s.q}) })
}

// tx implements timeline.Tx.
type tx struct {
	journal.Tx
	conn *sql.Tx
	q    *db.Queries
}

func (t tx) Message(ctx context.Context, m id.Message) (timeline.Message, bool, error) {
	row, err := t.q.Message(ctx, t.conn, m.UUID)
	if errors.Is(err, sql.ErrNoRows) {
		return timeline.Message{}, false, nil
	}
	return message(row), err == nil, err
}

func (t tx) SetMessage(ctx context.Context, m timeline.Message) error {
	return t.q.UpdateMessage(ctx, t.conn, db.UpdateMessageParams{
		MessageID: m.ID.UUID, ContentType: m.ContentType, Content: m.Content,
		EditedAt: micros(m.EditedAt), DeletedAt: micros(m.DeletedAt),
	})
}

// MessagesByID implements timeline.Store.
func (s *Store) MessagesByID(ctx context.Context, ids []id.Message) (map[id.Message]timeline.Message, error) {
	raw := make([]id.UUID, len(ids))
	for i, m := range ids {
		raw[i] = m.UUID
	}
	rows, err := s.q.MessagesByID(ctx, s.file.Read, raw)
	found := make(map[id.Message]timeline.Message, len(rows))
	for _, row := range rows {
		found[id.Message{UUID: row.MessageID}] = message(row)
	}
	return found, err
}

func micros(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: t.UnixMicro(), Valid: !t.IsZero()}
}
