package system

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"slices"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // the driver of the data file

	"github.com/lair-chat/lair/pkg/process"
	"github.com/lair-chat/lair/pkg/run"
	"github.com/lair-chat/lair/pkg/sqldb"
	"github.com/lair-chat/lair/services/auth"
	"github.com/lair-chat/lair/services/lair/internal/backup"
	"github.com/lair-chat/lair/services/message"
	"github.com/lair-chat/lair/services/room"
)

// Stores is where the services keep what they have: all in one database.
type Stores struct {
	Auth    auth.Store
	Room    room.Store
	Message message.Store
	// Where says where that is, for people.
	Where string
}

// OpenStores opens the database that the configuration names, and migrates it.
// It is closed by a part of p.
func OpenStores(ctx context.Context, p *process.Process, c Config) (Stores, error) {
	path, isFile, err := c.sqlitePath()
	if err != nil {
		return Stores{}, err
	}
	if !isFile {
		pool, err := p.Postgres(ctx, c.Database.URL)
		if err != nil {
			return Stores{}, err
		}
		s, err := postgres(ctx, pool)
		return s, errors.Join(err, watch(p, stdlib.OpenDBFromPool(pool)))
	}
	if err := c.makeDir(); err != nil {
		return Stores{}, err
	}
	file, err := sqldb.OpenSQLite(ctx, path)
	if err != nil {
		return Stores{}, err
	}
	p.SQLite(file, filepath.Dir(path))
	p.Add(run.Part{Name: "sqlite", Run: func(ctx context.Context) error {
		<-ctx.Done()
		return file.Close()
	}})
	if err := backup.Refuse(ctx, file.Read, path); err != nil {
		return Stores{}, err
	}
	s := Stores{Where: path}
	var errs [3]error
	s.Auth, errs[0] = auth.SQLite(ctx, file)
	s.Room, errs[1] = room.SQLite(ctx, file)
	s.Message, errs[2] = message.SQLite(ctx, file)
	return s, errors.Join(append(errs[:], watch(p, file.Read))...)
}

func postgres(ctx context.Context, pool *pgxpool.Pool) (Stores, error) {
	s := Stores{Where: "PostgreSQL"}
	var errs [3]error
	s.Auth, errs[0] = auth.Postgres(ctx, pool)
	s.Room, errs[1] = room.Postgres(ctx, pool)
	s.Message, errs[2] = message.Postgres(ctx, pool)
	return s, errors.Join(errs[:]...)
}

// watch has the process watch the form of the database. Migrations have the same
// numbers for SQLite and PostgreSQL.
func watch(p *process.Process, db *sql.DB) error {
	var schemas []sqldb.Schema
	for _, of := range []func() ([]sqldb.Schema, error){auth.Schemas, room.Schemas, message.Schemas} {
		known, err := of()
		if err != nil {
			return err
		}
		for _, schema := range known {
			if !slices.Contains(schemas, schema) { // they share the journal
				schemas = append(schemas, schema)
			}
		}
	}
	p.SchemasOf(db, schemas...)
	return nil
}
