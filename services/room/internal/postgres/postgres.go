// Package postgres keeps rooms in PostgreSQL.
package postgres

import (
	"context"
	"embed"
	"errors"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/sqldb"
	"github.com/lair-chat/lair/services/internal/journal"
	journalpg "github.com/lair-chat/lair/services/internal/journal/postgres"
	"github.com/lair-chat/lair/services/room/internal/membership"
	"github.com/lair-chat/lair/services/room/internal/postgres/db"
)

//go:embed migrations/*.sql
var files embed.FS

func migrations() fs.FS {
	dir, _ := fs.Sub(files, "migrations") // it is there, or this did not compile
	return dir
}

// Schemas returns the tables that the service reads and writes.
func Schemas() ([]sqldb.Schema, error) {
	own, err := sqldb.NewSchema("room", migrations())
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
	return sqldb.MigratePool(ctx, pool, "room", migrations())
}

// Store implements membership.Store.
type Store struct {
	pool    *pgxpool.Pool
	q       *db.Queries
	journal journal.Reader
}

// New returns a store on pool.
func New(pool *pgxpool.Pool) *Store { return &Store{pool, db.New(), journalpg.NewReader(pool)} }

// Journal implements membership.Store.
func (s *Store) Journal() journal.Reader { return s.journal }

// Update implements membership.Store.
func (s *Store) Update(ctx context.Context, f func(membership.Tx) error) error {
	return sqldb.Transact(ctx, s.pool, func(conn pgx.Tx) error { return f(tx{journalpg.New(conn), conn, s.q}) })
}

// tx implements membership.Tx.
type tx struct {
	journal.Tx
	conn pgx.Tx
	q    *db.Queries
}

func (t tx) Room(ctx context.Context, r id.Room) (membership.Room, error) {
	return room(t.q.Room(ctx, t.conn, r.UUID))
}

func (t tx) InsertRoom(ctx context.Context, r membership.Room) error {
	err := t.q.InsertRoom(ctx, t.conn, db.InsertRoomParams{
		RoomID: r.ID.UUID, Name: r.Name, NameKey: membership.Key(r.Name), OwnerID: r.Owner.UUID,
		Description: r.Description, IsPrivate: r.Private, MaxMembers: int64(r.MaxMembers), IsModerated: r.Moderated,
		CreatedAt: r.CreatedAt,
	})
	return nameTaken(err)
}

func nameTaken(err error) error {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && e.ConstraintName == "room_room_name_key" {
		return membership.ErrNameTaken
	}
	return err
}

// Room implements membership.Store.
func (s *Store) Room(ctx context.Context, r id.Room) (membership.Room, error) {
	return room(s.q.Room(ctx, s.pool, r.UUID))
}

// Rooms implements membership.Store.
func (s *Store) Rooms(ctx context.Context, q membership.Query) ([]membership.Room, int, error) {
	mine := make([]id.UUID, len(q.Mine))
	for i, r := range q.Mine {
		mine[i] = r.UUID
	}
	rows, err := s.q.Rooms(ctx, s.pool, db.RoomsParams{
		MineOnly: q.MineOnly, Mine: mine, PublicOnly: q.PublicOnly, Search: q.Search, After: q.After,
		SkipRows: int32(q.Offset), MaxRows: int32(q.Limit), //nolint:gosec // pages
	})
	list := make([]membership.Room, len(rows))
	for i, row := range rows {
		list[i], _ = room(row, nil)
	}
	if err != nil {
		return nil, 0, err
	}
	if total, known := q.Total(len(rows)); known {
		return list, total, nil
	}
	total, err := s.q.CountRooms(ctx, s.pool, db.CountRoomsParams{
		MineOnly: q.MineOnly, Mine: mine, PublicOnly: q.PublicOnly, Search: q.Search,
	})
	return list, int(total), err
}

func room(r db.RoomRoom, err error) (membership.Room, error) {
	if errors.Is(err, pgx.ErrNoRows) {
		return membership.Room{}, membership.ErrNotFound
	}
	return membership.Room{
		ID: id.Room{UUID: r.RoomID}, Name: r.Name, Owner: id.User{UUID: r.OwnerID}, Description: r.Description,
		Private: r.IsPrivate, MaxMembers: uint32(r.MaxMembers), Moderated: r.IsModerated, //nolint:gosec // stored as one
		CreatedAt: r.CreatedAt.UTC(),
	}, err
}
