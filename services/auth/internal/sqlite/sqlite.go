// Package sqlite keeps users, sessions and keys in SQLite. It uses database/sql
// only; the program that links it chooses the driver.
package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"io/fs"
	"strings"
	"time"

	"github.com/lair-chat/lair/pkg/sqldb"
	"github.com/lair-chat/lair/services/auth/internal/identity"
	"github.com/lair-chat/lair/services/auth/internal/names"
	"github.com/lair-chat/lair/services/auth/internal/sqlite/db"
	journalsqlite "github.com/lair-chat/lair/services/internal/journal/sqlite"
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
	if err := sqldb.Migrate(ctx, file.Write, sqldb.DialectSQLite, "auth", dir); err != nil {
		return err
	}
	return New(file).rekey(ctx, names.Names{}.Key)
}

// Store implements identity.Store and keyring.Store.
type Store struct {
	file *sqldb.SQLite
	q    *db.Queries
}

// New returns a store on file.
func New(file *sqldb.SQLite) *Store { return &Store{file, db.New()} }

func (s *Store) update(ctx context.Context, f func(*sql.Tx) error) error {
	return s.file.Update(ctx, f)
}

// taken translates the violation of a constraint. SQLite names its columns.
func taken(err error) error {
	switch {
	case err == nil:
		return nil
	case strings.Contains(err.Error(), "UNIQUE constraint failed: auth_user.username_key"):
		return identity.ErrUsernameTaken
	case strings.Contains(err.Error(), "UNIQUE constraint failed: auth_user.email_key"):
		return identity.ErrEmailTaken
	}
	return err
}

func stored(t time.Time) int64 { return t.UnixMicro() }

func loaded(us int64) time.Time { return time.UnixMicro(us).UTC() }

// maybe returns a moment that is zero for never.
func maybe(us int64) time.Time {
	if us <= 0 {
		return time.Time{}
	}
	return loaded(us)
}
