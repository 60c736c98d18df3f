// Package sqlite keeps rooms in SQLite. It uses database/sql only; the program
// that links it chooses the driver.
package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"strings"
	"time"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/sqldb"
	"github.com/lair-chat/lair/services/internal/journal"
	journalsqlite "github.com/lair-chat/lair/services/internal/journal/sqlite"
	"github.com/lair-chat/lair/services/room/internal/membership"
	"github.com/lair-chat/lair/services/room/internal/sqlite/db"
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
	return sqldb.Migrate(ctx, file.Write, sqldb.DialectSQLite, "room", dir)
}

// Store implements membership.Store.
type Store struct {
	file    *sqldb.SQLite
	q       *db.Queries
	journal journal.Reader
}

// New returns a store on file.
func New(file *sqldb.SQLite) *Store {
	return &Store{file, db.New(), journalsqlite.NewReader(file.Read)}
}

// Journal implements membership.Store.
func (s *Store) Journal() journal.Reader { return s.journal }

// Update implements membership.Store.
func (s *Store) Update(ctx context.Context, f func(membership.Tx) error) error {
	return s.file.Update(ctx, func(conn *sql.Tx) error { return f(tx{journalsqlite.New(conn), conn, s.q}) })
}

// tx implements membership.Tx.
type tx struct {
	journal.Tx
	conn *sql.Tx
	q    *db.Queries
}

func (t tx) Room(ctx context.Context, r id.Room) (membership.Room, error) {
	return room(t.q.Room(ctx, t.conn, r.UUID))
}

func (t tx) InsertRoom(ctx context.Context, r membership.Room) error {
	err := t.q.InsertRoom(ctx, t.conn, db.InsertRoomParams{
		RoomID: r.ID.UUID, Name: r.Name, NameKey: membership.Key(r.Name), OwnerID: r.Owner.UUID,
		Description: r.Description, IsPrivate: bit(r.Private), MaxMembers: int64(r.MaxMembers), IsModerated: bit(r.Moderated),
		CreatedAt: r.CreatedAt.UnixMicro(),
	})
	return nameTaken(err)
}

func nameTaken(err error) error {
	// SQLite names the columns of a constraint, not the constraint.
	if err != nil && strings.Contains(err.Error(), "UNIQUE constraint failed: room_room.name_key") {
		return membership.ErrNameTaken
	}
	return err
}

// Room implements membership.Store.
func (s *Store) Room(ctx context.Context, r id.Room) (membership.Room, error) {
	return room(s.q.Room(ctx, s.file.Read, r.UUID))
}

// Rooms implements membership.Store.
func (s *Store) Rooms(ctx context.Context, q membership.Query) ([]membership.Room, int, error) {
	// One parameter however many rooms: a JSON list of hexadecimal ids.
	ids := make([]string, len(q.Mine))
	for i, r := range q.Mine {
		ids[i] = hex.EncodeToString(r.Bytes())
	}
	mine, err := json.Marshal(ids)
	if err != nil {
		return nil, 0, err
	}
	rows, err := s.q.Rooms(ctx, s.file.Read, db.RoomsParams{
		MineOnly: bit(q.MineOnly), Mine: string(mine), PublicOnly: bit(q.PublicOnly), Search: q.Search, After: q.After,
		SkipRows: int64(q.Offset), MaxRows: int64(q.Limit),
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
	total, err := s.q.CountRooms(ctx, s.file.Read, db.CountRoomsParams{
		MineOnly: bit(q.MineOnly), Mine: string(mine), PublicOnly: bit(q.PublicOnly), Search: q.Search,
	})
	return list, int(total), err
}

func room(r db.RoomRoom, err error) (membership.Room, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return membership.Room{}, membership.ErrNotFound
	}
	return membership.Room{
		ID: id.Room{UUID: r.RoomID}, Name: r.Name, Owner: id.User{UUID: r.OwnerID}, Description: r.Description,
		Private: r.IsPrivate != 0, MaxMembers: uint32(r.MaxMembers), Moderated: r.IsModerated != 0, //nolint:gosec // stored as one
		CreatedAt: time.UnixMicro(r.CreatedAt).UTC(),
	}, err
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
