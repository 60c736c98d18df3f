package sqldb

import (
	"context"
	"database/sql"
	"fmt"
	"hash/fnv"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

// DialectSQLite is the dialect of SQLite.
const DialectSQLite = goose.DialectSQLite3

// Migrate applies those migrations in files that db has not seen, each in a
// transaction. Each service has a table of versions of its own, so services
// share one database. A database that is ahead of files is left as it is, and
// is an [AheadError] if a newer release has said that it no longer fits.
func Migrate(ctx context.Context, db *sql.DB, dialect goose.Dialect, service string, files fs.FS) error {
	p, err := goose.NewProvider(dialect, db, files, goose.WithTableName(service+"_version"))
	if err != nil {
		return fmt.Errorf("read the migrations of %s: %w", service, err)
	}
	stored, newest, err := p.GetVersions(ctx)
	if err == nil {
		err = Schema{Name: service, Newest: newest}.fits(ctx, db, dialect, stored)
	}
	if err == nil {
		_, err = p.Up(ctx)
	}
	if err != nil {
		return fmt.Errorf("migrate %s: %w", service, err)
	}
	return nil
}

// patience is how long a process waits for another that migrates.
const patience = "5min"

// MigratePool does the same on PostgreSQL. Of several processes that call it
// at once, one migrates and the others wait for it. It uses connections of its
// own, which wait longer than those of the pool.
func MigratePool(ctx context.Context, pool *pgxpool.Pool, service string, files fs.FS) error {
	config := pool.Config().ConnConfig
	config.RuntimeParams["lock_timeout"] = patience
	config.RuntimeParams["statement_timeout"] = patience
	lock, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("migrate %s: %w", service, err)
	}
	defer lock.Close(context.WithoutCancel(ctx)) // also gives up the lock
	h := fnv.New32a()
	_, _ = h.Write([]byte("lair migrate"))
	if _, err := lock.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(h.Sum32())); err != nil {
		return fmt.Errorf("wait for the migration of another process: %w", err)
	}
	db := stdlib.OpenDB(*config)
	defer db.Close()
	return Migrate(ctx, db, goose.DialectPostgres, service, files)
}
