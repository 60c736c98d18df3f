package sqldb_test

import (
	"context"
	"database/sql"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/sqldb"
	"github.com/lair-chat/lair/pkg/testkit/pgtest"
	"github.com/lair-chat/lair/pkg/testkit/sqlitetest"
)

// full checks that an error says in words for clients that the disk is full.
func full(t *testing.T, err error) {
	t.Helper()
	if f := fault.Of(err); !sqldb.Full(err) || !sqldb.Away(err) || f.Kind != fault.Unavailable || f.Code != "unavailable" ||
		f.Text != "the disk of the server is full, try again later" {
		t.Errorf("%+v", f)
	}
}

func TestAFullFileKeepsWhatWasCommittedAndRecovers(t *testing.T) {
	file := sqlitetest.New(t)
	var seen []error
	file.Seen = func(err error) { seen = append(seen, err) }
	do := func(statement string) error {
		return file.Update(t.Context(), func(tx *sql.Tx) error {
			_, err := tx.ExecContext(t.Context(), statement)
			return err
		})
	}
	for _, statement := range []string{"CREATE TABLE thing (x blob)", "INSERT INTO thing VALUES (zeroblob(5000))"} {
		if err := do(statement); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := file.Write.ExecContext(t.Context(), "PRAGMA max_page_count = 10"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		full(t, do("INSERT INTO thing VALUES (zeroblob(100000))"))
	}
	if len(seen) != 2 || !sqldb.Full(seen[0]) {
		t.Errorf("seen: %v", seen)
	}
	var n int
	if err := file.Read.QueryRowContext(t.Context(), "SELECT count(*) FROM thing").Scan(&n); err != nil || n != 1 {
		t.Errorf("%d rows, %v", n, err)
	}
	if _, err := file.Write.ExecContext(t.Context(), "PRAGMA max_page_count = 1000"); err != nil {
		t.Fatal(err)
	}
	if err := do("INSERT INTO thing VALUES (zeroblob(100000))"); err != nil {
		t.Error(err)
	}
}

func TestPostgresThatIsFullIsSeenAndSaysSo(t *testing.T) {
	var seen []error
	pool, err := sqldb.OpenPostgres(t.Context(), pgtest.URL(t), func(err error) { seen = append(seen, err) })
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	full(t, sqldb.Transact(t.Context(), pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(context.Background(), `DO $$ BEGIN RAISE disk_full; END $$`)
		return err
	}))
	if len(seen) != 1 || !sqldb.Full(seen[0]) {
		t.Errorf("seen: %v", seen)
	}
}

func TestOtherErrorsAreNotOfAFullDisk(t *testing.T) {
	file := sqlitetest.New(t)
	err := file.Update(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(t.Context(), "INSERT INTO nothing VALUES (1)")
		return err
	})
	if err == nil || sqldb.Full(err) || sqldb.Full(nil) || fault.KindOf(err) != fault.Internal {
		t.Error(err)
	}
}
