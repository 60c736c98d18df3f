// Package postgres keeps messages in PostgreSQL.
package postgres

import (
	"context"
	"embed"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/sqldb"
	"github.com/lair-chat/lair/services/internal/journal"
	journalpg "github.com/lair-chat/lair/services/internal/journal/postgres"
	"github.com/lair-chat/lair/services/message/internal/postgres/db"
	"github.com/lair-chat/lair/services/message/internal/timeline"
)

//go:embed migrations/*.sql
var files embed.FS

func migrations() fs.FS {
	dir, _ := fs.Sub(files, "migrations") // it is there, or this did not compile
	return dir
}

// Schemas returns the tables that the service reads and writes.
func Schemas() ([]sqldb.Schema, error) {
	own, err := sqldb.NewSchema("message", migrations())
	if err != nil {
		return nil, err
	}
	journal, err := journalpg.Schema()
	return []sqldb.Schema{own, journal}, err
}

// Migrate brings the tables to the present form. It may be called by several
// processes at once.
func Migrate(ctx context.Context, pool *pgxpool.Pool) error {
	if err := journalpg.Migrate(ctx, pool); err != nil {
		return err
	}
	return sqldb.MigratePool(ctx, pool, "message", migrations())
}

// Store implements timeline.Store.
type Store struct {
	pool    *pgxpool.Pool
	q       *db.Queries
	journal journal.Reader
}

// New returns a store on pool.
func New(pool *pgxpool.Pool) *Store {
	return &Store{pool, db.New(), journalpg.NewReader(pool)}
}

// Journal implements timeline.Store.
func (s *Store) Journal() journal.Reader { return s.journal }

// OpenDirect implements timeline.Store.
func (s *Store) OpenDirect(ctx context.Context, c id.Conversation, members []journal.Member, events []*journal.UserEvent) (bool, error) {
	fresh := false
	err := sqldb.Transact(ctx, s.pool, func(conn pgx.Tx) error {
		var err error
		fresh, err = journal.OpenDirect(ctx, journalpg.New(conn), c, members, events)
		return err
	})
	return fresh, err
}

// Messages implements timeline.Store.
func (s *Store) Messages(ctx context.Context, c id.Conversation, r timeline.Range, limit int) ([]timeline.Message, error) {
	n := int32(limit) //nolint:gosec // a page
	if r.Newest {
		rows, err := s.q.MessagesNewest(ctx, s.pool, db.MessagesNewestParams{ConversationID: c.UUID, FirstSeq: r.First, LastSeq: r.Last, MaxRows: n})
		return messages(rows), err
	}
	rows, err := s.q.MessagesOldest(ctx, s.pool, db.MessagesOldestParams{ConversationID: c.UUID, FirstSeq: r.First, LastSeq: r.Last, MaxRows: n})
	return messages(rows), err
}

// MessagesAt implements timeline.Store.
func (s *Store) MessagesAt(ctx context.Context, c id.Conversation, seqs []int64) (map[int64]timeline.Message, error) {
	rows, err := s.q.MessagesAt(ctx, s.pool, db.MessagesAtParams{ConversationID: c.UUID, Seqs: seqs})
	at := make(map[int64]timeline.Message, len(rows))
	for _, row := range rows {
		at[row.Seq] = message(row)
	}
	return at, err
}

func messages(rows []db.MessageMessage) []timeline.Message {
	list := make([]timeline.Message, len(rows))
	for i, row := range rows {
		list[i] = message(row)
	}
	return list
}

func message(r db.MessageMessage) timeline.Message {
	m := timeline.Message{
		ID: id.Message{UUID: r.MessageID}, Conversation: id.Conversation{UUID: r.ConversationID}, Seq: r.Seq,
		Author: id.User{UUID: r.AuthorID}, Recipient: id.User{UUID: r.RecipientID}, ClientMsgID: r.ClientMsgID,
		ContentType: r.ContentType, Content: r.Content, CreatedAt: r.CreatedAt.UTC(),
		EditedAt: orZero(r.EditedAt), DeletedAt: orZero(r.DeletedAt),
	}
	copy(m.Digest[:], r.Digest)
	return m
}

func orZero(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}
