package sqldb_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/sqldb"
	"github.com/lair-chat/lair/pkg/testkit/pgtest"
	"github.com/lair-chat/lair/pkg/testkit/sqlitetest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

var migrations = fstest.MapFS{
	"0001_a.sql": {Data: []byte("-- +goose Up\nCREATE TABLE thing (n bigint NOT NULL);\n")},
	"0002_b.sql": {Data: []byte("-- +goose Up\nINSERT INTO thing VALUES (1);\n")},
}

func TestMigrateTwiceIsOnce(t *testing.T) {
	file := sqlitetest.New(t)
	for range 2 {
		if err := sqldb.Migrate(t.Context(), file.Write, sqldb.DialectSQLite, "thing", migrations); err != nil {
			t.Fatal(err)
		}
	}
	var n int
	if err := file.Read.QueryRowContext(t.Context(), "SELECT count(*) FROM thing").Scan(&n); err != nil || n != 1 {
		t.Errorf("%d rows, %v", n, err)
	}
}

func TestMigratePoolFromManyProcessesIsOnce(t *testing.T) {
	pool := pgtest.New(t)
	var g sync.WaitGroup
	for range 4 {
		g.Go(func() {
			if err := sqldb.MigratePool(context.Background(), pool, "thing", migrations); err != nil {
				t.Error(err)
			}
		})
	}
	g.Wait()
	var n int
	if err := pool.QueryRow(t.Context(), "SELECT count(*) FROM thing").Scan(&n); err != nil || n != 1 {
		t.Errorf("%d rows, %v", n, err)
	}
}

func TestPostgresCommitsAreDurable(t *testing.T) {
	pool := pgtest.New(t)
	var mode string
	if err := pool.QueryRow(t.Context(), "SHOW synchronous_commit").Scan(&mode); err != nil || mode != "on" {
		t.Errorf("synchronous_commit is %q, %v", mode, err)
	}
}

func TestSQLiteCommitsAreDurable(t *testing.T) {
	file := sqlitetest.New(t)
	var mode int
	if err := file.Write.QueryRowContext(t.Context(), "PRAGMA synchronous").Scan(&mode); err != nil || mode != 2 {
		t.Errorf("synchronous is %d, want 2 (FULL), %v", mode, err)
	}
	var journal string
	if err := file.Read.QueryRowContext(t.Context(), "PRAGMA journal_mode").Scan(&journal); err != nil || journal != "wal" {
		t.Errorf("journal_mode is %q, %v", journal, err)
	}
}

func TestSQLiteFileIsPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a?b#c.db") // characters that mean something in a URI
	file, err := sqldb.OpenSQLite(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestSQLiteReadersCannotWrite(t *testing.T) {
	file := sqlitetest.New(t)
	if _, err := file.Read.ExecContext(t.Context(), "CREATE TABLE a (b)"); err == nil {
		t.Error("a reader wrote")
	}
}

func TestFailedUpdateLeavesNothing(t *testing.T) {
	file := sqlitetest.New(t)
	broken := errors.New("broken")
	err := file.Update(t.Context(), func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(t.Context(), "CREATE TABLE a (b)"); err != nil {
			return err
		}
		return broken
	})
	if !errors.Is(err, broken) {
		t.Fatal(err)
	}
	if _, err := file.Read.ExecContext(t.Context(), "SELECT * FROM a"); err == nil {
		t.Error("the table is there")
	}
}

func TestSQLiteRefusesOldAndForeignFiles(t *testing.T) {
	old := filepath.Join(t.TempDir(), "old.db")
	file, err := sqldb.OpenSQLite(t.Context(), old)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.Write.ExecContext(t.Context(), "CREATE TABLE _migrations (id)"); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := sqldb.OpenSQLite(t.Context(), old); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "0.8") {
		t.Errorf("a file of 0.8: %v", err)
	}
	foreign := filepath.Join(t.TempDir(), "foreign.db")
	if err := os.WriteFile(foreign, []byte(strings.Repeat("no database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sqldb.OpenSQLite(t.Context(), foreign); err == nil {
		t.Error("opened a file that is no database")
	}
}

func TestOpenPostgresHidesPassword(t *testing.T) {
	_, err := sqldb.OpenPostgres(t.Context(), "postgres://ann:secret@host:port/x")
	if err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v", err)
	}
}

func TestStandbyIsKnown(t *testing.T) {
	pool := pgtest.New(t)
	for name, want := range map[string]bool{"": false, "ANY 1 (*)": true} {
		setStandby(t, pool, name)
		if got, err := sqldb.Standby(t.Context(), pool); err != nil || got != want {
			t.Errorf("with %q: %v, %v", name, got, err)
		}
	}
	setStandby(t, pool, "")
}

func setStandby(t *testing.T, pool *pgxpool.Pool, names string) {
	t.Helper()
	for _, statement := range []string{
		"ALTER SYSTEM SET synchronous_standby_names = '" + names + "'", "SELECT pg_reload_conf()",
	} {
		if _, err := pool.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	for got := "?"; got != names; {
		if err := pool.QueryRow(t.Context(), "SELECT current_setting('synchronous_standby_names')").Scan(&got); err != nil {
			t.Fatal(err)
		}
	}
}

// Two transactions that wait for each other: PostgreSQL gives up one, which is
// run again and succeeds.
func TestTransactionInADeadlockIsRunAgain(t *testing.T) {
	pool := pgtest.New(t)
	for _, statement := range []string{"CREATE TABLE pair (n int PRIMARY KEY, x int)", "INSERT INTO pair VALUES (1, 0), (2, 0)"} {
		if _, err := pool.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	var both, running sync.WaitGroup // both hold their first row
	both.Add(2)
	var runs atomic.Int32
	for _, order := range [][2]int{{1, 2}, {2, 1}} {
		running.Go(func() {
			first := true
			err := sqldb.Transact(t.Context(), pool, func(tx pgx.Tx) error {
				runs.Add(1)
				for i, n := range order {
					if _, err := tx.Exec(t.Context(), "UPDATE pair SET x = x + 1 WHERE n = $1", n); err != nil {
						return err
					}
					if i == 0 && first {
						first = false
						both.Done()
						both.Wait()
					}
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	running.Wait()
	var sum int
	if err := pool.QueryRow(t.Context(), "SELECT sum(x) FROM pair").Scan(&sum); err != nil || sum != 4 || runs.Load() < 3 { // whoever is run again may come into another
		t.Errorf("the sum is %d, %v, after %d runs", sum, err, runs.Load())
	}
	refused := errors.New("no")
	if err := sqldb.Transact(t.Context(), pool, func(pgx.Tx) error { return refused }); !errors.Is(err, refused) {
		t.Errorf("a refusal became %v", err)
	}
}
