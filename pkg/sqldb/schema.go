package sqldb

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"
)

// Schema is the tables of one service as this program knows them.
type Schema struct {
	// Name is that of the service.
	Name string
	// Newest is the number of the last migration that the program has.
	Newest int64
}

// NewSchema returns what the migrations in files make: their names begin with a
// number.
func NewSchema(name string, files fs.FS) (Schema, error) {
	s := Schema{Name: name}
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return s, err
	}
	for _, f := range names {
		digits, _, _ := strings.Cut(path.Base(f), "_")
		n, err := strconv.ParseInt(digits, 10, 64)
		if err != nil {
			return s, fmt.Errorf("migration %s of %s: %w", f, name, err)
		}
		s.Newest = max(s.Newest, n)
	}
	return s, nil
}

// Stored returns the number of the last migration that the database has seen.
func (s Schema) Stored(ctx context.Context, db *sql.DB) (int64, error) {
	var n int64
	err := db.QueryRowContext(ctx, "SELECT coalesce(max(version_id), 0) FROM "+s.Name+"_version").Scan(&n)
	return n, err
}

// BehindError says that a database lacks migrations that a running program
// needs, as after an older backup was put back under it.
type BehindError struct {
	Schema Schema
	Stored int64
}

func (e *BehindError) Error() string {
	return fmt.Sprintf("the tables of %s are at migration %d and this program needs %d: start it again, or run lair migrate",
		e.Schema.Name, e.Stored, e.Schema.Newest)
}

// AheadError says that a newer release has changed a database in a way that
// this program cannot work with.
type AheadError struct {
	Schema         Schema
	Stored, Oldest int64
}

func (e *AheadError) Error() string {
	return fmt.Sprintf("the tables of %s are at migration %d and need a program that knows %d; this one knows %d: use a newer release",
		e.Schema.Name, e.Stored, e.Oldest, e.Schema.Newest)
}

// floors is where a migration writes that programs which know less than it
// cannot work with the database any more:
//
//	INSERT INTO lair_floor VALUES ('auth', 12)
//	ON CONFLICT (name) DO UPDATE SET oldest = excluded.oldest;
//
// A migration that only adds does not do that: the programs of the release
// before work on while an upgrade is under way.
func floors(dialect goose.Dialect) string {
	number := "bigint"
	if dialect == DialectSQLite {
		number = "INTEGER"
	}
	return "CREATE TABLE IF NOT EXISTS lair_floor (name text NOT NULL PRIMARY KEY, oldest " + number + " NOT NULL)"
}

// fits returns an error if the database needs a newer program.
func (s Schema) fits(ctx context.Context, db *sql.DB, dialect goose.Dialect, stored int64) error {
	if _, err := db.ExecContext(ctx, floors(dialect)); err != nil {
		return err
	}
	var oldest int64
	err := db.QueryRowContext(ctx,
		"SELECT coalesce(max(oldest), 0) FROM lair_floor WHERE name = '"+s.Name+"'").Scan(&oldest)
	if err == nil && oldest > s.Newest {
		err = &AheadError{Schema: s, Stored: stored, Oldest: oldest}
	}
	return err
}
