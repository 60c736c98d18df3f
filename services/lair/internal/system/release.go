package system

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/lair-chat/lair/pkg/sqldb"
	"github.com/lair-chat/lair/services/lair/internal/catalog"
)

// Migrate brings a file to the form that this release needs.
func Migrate(ctx context.Context, file *sqldb.SQLite) error {
	_, err := sqlite(ctx, file)
	return err
}

// Release returns the catalog that a data file of this release has.
func Release(ctx context.Context) (c catalog.Catalog, err error) {
	dir, err := os.MkdirTemp("", "lair-release")
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	file, err := sqldb.OpenSQLite(ctx, filepath.Join(dir, "lair.db"))
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if err := Migrate(ctx, file); err != nil {
		return c, err
	}
	return catalog.SQLite(ctx, file.Read)
}

// MigratePostgres brings a database to the form that this release needs.
func MigratePostgres(ctx context.Context, url string) error {
	pool, err := sqldb.OpenPostgres(ctx, url)
	if err != nil {
		return err
	}
	defer pool.Close()
	_, err = postgres(ctx, pool)
	return err
}
