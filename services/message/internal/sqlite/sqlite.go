// Package sqlite keeps messages in SQLite. It uses database/sql only; the
// program that links it chooses the driver.
package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"io/fs"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/sqldb"
	"github.com/lair-chat/lair/services/internal/journal"
	journalsqlite "github.com/lair-chat/lair/services/internal/journal/sqlite"
	"github.com/lair-chat/lair/services/message/internal/sqlite/db"
	"github.com/lair-chat/lair/services/message/internal/timeline"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrate brings the tables to the present form.
func Migrate(ctx context.Context, file *sqldb.SQLite) error {
	if err := journalsqlite.Migrate(ctx, file.Write); err != nil {
		return err
	}
	dir, err := fs.Sub(files, "migrations")
	if err != nil {
		return err
	}
	return sqldb.Migrate(ctx, file.Write, sqldb.DialectSQLite, "message", dir)
}

// Store implements timeline.Store.
type Store struct {
	file    *sqldb.SQLite
	q       *db.Queries
	journal journal.Reader
}

// New returns a store on file.
func New(file *sqldb.SQLite) *Store {
	return &Store{file, db.New(), journalsqlite.NewReader(file.Read)}
}

// Journal implements timeline.Store.
func (s *Store) Journal() journal.Reader { return s.journal }

// OpenDirect implements timeline.Store.
func (s *Store) OpenDirect(ctx context.Context, c id.Conversation, members []journal.Member, events []*journal.UserEvent) (bool, error) {
	fresh := false
	err := s.file.Update(ctx, func(tx *sql.Tx) error {
		var err error
		fresh, err = journal.OpenDirect(ctx, journalsqlite.New(tx), c, members, events)
		return err
	})
	return fresh, err
}

// Commit implements timeline.Store.
func (s *Store) Commit(ctx context.Context, drafts []*timeline.Draft, at time.Time) ([]timeline.Outcome, error) {
	var outcomes []timeline.Outcome
	err := s.file.Update(ctx, func(tx *sql.Tx) error {
		j := journalsqlite.New(tx)
		state, err := s.read(ctx, tx, j, drafts)
		if err != nil {
			return err
		}
		outcomes = timeline.Plan(drafts, state, at)
		for _, o := range outcomes {
			if !o.Fresh {
				continue
			}
			m := o.Message
			e := journal.Event{At: at, Actor: m.Author, Message: m.ID}
			if err := j.Append(ctx, state.Heads[m.Conversation], &e); err != nil {
				return err
			}
			if err := s.q.InsertMessage(ctx, tx, insert(m)); err != nil {
				return err
			}
		}
		return nil
	})
	return outcomes, err
}

// read reads the state of the drafts. Heads that do not exist are left out.
func (s *Store) read(ctx context.Context, tx *sql.Tx, j journal.Tx, drafts []*timeline.Draft) (timeline.State, error) {
	state := timeline.NewState()
	for _, d := range drafts {
		c := d.Conversation()
		if _, ok := state.Heads[c]; !ok {
			h, err := j.Lock(ctx, c)
			if fault.KindOf(err) == fault.NotFound {
				continue
			}
			if err != nil {
				return state, err
			}
			state.Heads[c] = h
		}
		place := journal.Place{Conversation: c, User: d.Author}
		if _, ok := state.Members[place]; !ok {
			m, ok, err := j.Member(ctx, c, d.Author)
			if err != nil {
				return state, err
			}
			if ok {
				state.Members[place] = m
			}
		}
		if !d.Recipient.IsZero() {
			blocked, err := j.Blocked(ctx, d.Recipient, d.Author)
			if err != nil {
				return state, err
			}
			state.Blocks[journal.Block{By: d.Recipient, User: d.Author}] = blocked
			for _, u := range []id.User{d.Recipient, d.Author} {
				there, err := j.UsersExist(ctx, u)
				if err != nil {
					return state, err
				}
				state.Ended[u] = !there
			}
		}
		row, err := s.q.MessageByClientID(ctx, tx, db.MessageByClientIDParams{
			ConversationID: c.UUID, AuthorID: d.Author.UUID, ClientMsgID: d.ClientMsgID,
		})
		if err == nil {
			state.Sent[timeline.Sent{Place: place, ClientMsgID: d.ClientMsgID}] = message(row)
		} else if !errors.Is(err, sql.ErrNoRows) {
			return state, err
		}
	}
	return state, nil
}

// Messages implements timeline.Store.
func (s *Store) Messages(ctx context.Context, c id.Conversation, r timeline.Range, limit int) ([]timeline.Message, error) {
	if r.Newest {
		rows, err := s.q.MessagesNewest(ctx, s.file.Read, db.MessagesNewestParams{ConversationID: c.UUID, FirstSeq: r.First, LastSeq: r.Last, MaxRows: int64(limit)})
		return messages(rows), err
	}
	rows, err := s.q.MessagesOldest(ctx, s.file.Read, db.MessagesOldestParams{ConversationID: c.UUID, FirstSeq: r.First, LastSeq: r.Last, MaxRows: int64(limit)})
	return messages(rows), err
}

// MessagesAt implements timeline.Store.
func (s *Store) MessagesAt(ctx context.Context, c id.Conversation, seqs []int64) (map[int64]timeline.Message, error) {
	rows, err := s.q.MessagesAt(ctx, s.file.Read, db.MessagesAtParams{ConversationID: c.UUID, Seqs: seqs})
	at := make(map[int64]timeline.Message, len(rows))
	for _, row := range rows {
		at[row.Seq] = message(row)
	}
	return at, err
}
