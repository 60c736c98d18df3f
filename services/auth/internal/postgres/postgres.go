// Package postgres keeps users, sessions and keys in PostgreSQL.
package postgres

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/lair-chat/lair/pkg/sqldb"
	"github.com/lair-chat/lair/services/auth/internal/identity"
	"github.com/lair-chat/lair/services/auth/internal/names"
	"github.com/lair-chat/lair/services/auth/internal/postgres/db"
	journalpg "github.com/lair-chat/lair/services/internal/journal/postgres"
)

//go:embed migrations/*.sql
var files embed.FS

func migrations() fs.FS {
	dir, _ := fs.Sub(files, "migrations") // it is there, or this did not compile
	return dir
}

// Schemas returns the tables that the service reads and writes.
func Schemas() ([]sqldb.Schema, error) {
	own, err := sqldb.NewSchema("auth", migrations())
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
	if err := sqldb.MigratePool(ctx, pool, "auth", migrations()); err != nil {
		return err
	}
	return New(pool).rekey(ctx, names.Names{}.Key)
}

// Store implements identity.Store and keyring.Store.
type Store struct {
	pool *pgxpool.Pool
	q    *db.Queries
}

// New returns a store on pool.
func New(pool *pgxpool.Pool) *Store { return &Store{pool, db.New()} }

// update runs f in a transaction, and again if that came into conflict with
// another: f must set whatever it sets anew.
func (s *Store) update(ctx context.Context, f func(pgx.Tx) error) error {
	return sqldb.Transact(ctx, s.pool, f)
}

// taken translates the violation of a constraint.
func taken(err error) error {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch e.ConstraintName {
		case "auth_user_username_key":
			return identity.ErrUsernameTaken
		case "auth_user_email_key":
			return identity.ErrEmailTaken
		}
	}
	return err
}

func stored(t time.Time) time.Time { return t }

func loaded(t time.Time) time.Time { return t.UTC() }

// maybe returns a moment that is zero for never.
func maybe(t time.Time) time.Time {
	if !t.After(never) {
		return time.Time{}
	}
	return loaded(t)
}
