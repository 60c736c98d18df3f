package sqldb_test

import (
	"database/sql"
	"errors"
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5/stdlib"

	"github.com/lair-chat/lair/pkg/sqldb"
	"github.com/lair-chat/lair/pkg/testkit/pgtest"
	"github.com/lair-chat/lair/pkg/testkit/sqlitetest"
)

// onBoth runs a test on each kind of database, with what migrates it.
func onBoth(t *testing.T, test func(t *testing.T, db *sql.DB, migrate func(fs.FS) error)) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) {
		file := sqlitetest.New(t)
		test(t, file.Write, func(files fs.FS) error {
			return sqldb.Migrate(t.Context(), file.Write, sqldb.DialectSQLite, "thing", files)
		})
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		pool := pgtest.New(t)
		db := stdlib.OpenDBFromPool(pool)
		defer db.Close()
		test(t, db, func(files fs.FS) error { return sqldb.MigratePool(t.Context(), pool, "thing", files) })
	})
}

// older are the migrations of the release before.
var older = fstest.MapFS{"0001_a.sql": migrations["0001_a.sql"]}

func TestAnOlderProgramWorksWithADatabaseThatIsAhead(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sql.DB, migrate func(fs.FS) error) {
		for _, files := range []fs.FS{migrations, older} {
			if err := migrate(files); err != nil {
				t.Fatal(err)
			}
		}
		s, err := sqldb.NewSchema("thing", older)
		if err != nil || s.Newest != 1 {
			t.Fatalf("%+v, %v", s, err)
		}
		if n, err := s.Stored(t.Context(), db); err != nil || n != 2 {
			t.Errorf("the database is at %d, %v", n, err)
		}
	})
}

func TestAnOlderProgramIsRefusedWhereANewerReleaseSaysSo(t *testing.T) {
	newer := fstest.MapFS{
		"0001_a.sql": migrations["0001_a.sql"],
		"0002_b.sql": migrations["0002_b.sql"],
		"0003_c.sql": {Data: []byte("-- +goose Up\nALTER TABLE thing RENAME n TO m;\n" +
			"INSERT INTO lair_floor VALUES ('thing', 2) ON CONFLICT (name) DO UPDATE SET oldest = excluded.oldest;\n")},
	}
	onBoth(t, func(t *testing.T, _ *sql.DB, migrate func(fs.FS) error) {
		if err := migrate(newer); err != nil {
			t.Fatal(err)
		}
		if err := migrate(migrations); err != nil {
			t.Error("the oldest that fits:", err)
		}
		err := migrate(older)
		ahead, ok := errors.AsType[*sqldb.AheadError](err)
		if !ok || ahead.Stored != 3 || ahead.Oldest != 2 {
			t.Fatal(err)
		}
		if want := "migrate thing: the tables of thing are at migration 3 and need a program that knows 2; this one knows 1: use a newer release"; err.Error() != want {
			t.Error(err)
		}
	})
}

func TestAMigrationWithoutANumberIsRefused(t *testing.T) {
	if _, err := sqldb.NewSchema("thing", fstest.MapFS{"first.sql": {}}); err == nil {
		t.Error("it is taken")
	}
}
