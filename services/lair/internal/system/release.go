package system

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/lair-chat/lair/pkg/sqldb"
	"github.com/lair-chat/lair/services/auth"
	"github.com/lair-chat/lair/services/lair/internal/catalog"
	"github.com/lair-chat/lair/services/message"
	"github.com/lair-chat/lair/services/room"
)

// Migrate brings a file to the form that this release needs.
func Migrate(ctx context.Context, file *sqldb.SQLite) error {
	var errs [3]error
	_, errs[0] = auth.SQLite(ctx, file)
	_, errs[1] = room.SQLite(ctx, file)
	_, errs[2] = message.SQLite(ctx, file)
	return errors.Join(errs[:]...)
}

// Release returns the catalog that a data file of this release has. It makes one for a
// moment, where there is no folder for such things, as in our images, in the spare one.
func Release(ctx context.Context, spare string) (c catalog.Catalog, err error) {
	dir, err := os.MkdirTemp("", "lair-release")
	if err != nil {
		dir, err = os.MkdirTemp(spare, ".lair-release")
	}
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
	var errs [3]error
	_, errs[0] = auth.Postgres(ctx, pool)
	_, errs[1] = room.Postgres(ctx, pool)
	_, errs[2] = message.Postgres(ctx, pool)
	return errors.Join(errs[:]...)
}
