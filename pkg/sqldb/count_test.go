package sqldb_test

import (
	"testing"

	"github.com/lair-chat/lair/pkg/sqldb"
	"github.com/lair-chat/lair/pkg/testkit/pgtest"
	"github.com/lair-chat/lair/pkg/testkit/sqlitetest"
)

func TestRowsAreCountedUpToABound(t *testing.T) {
	pool, file := pgtest.New(t), sqlitetest.New(t)
	for _, text := range []string{"CREATE TABLE thing (n bigint NOT NULL)", "INSERT INTO thing VALUES (1), (2), (3), (4), (5)"} {
		if _, err := pool.Exec(t.Context(), text); err != nil {
			t.Fatal(err)
		}
		if _, err := file.Write.ExecContext(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	count := func(bound int64) (pg, lite sqldb.Count) {
		t.Helper()
		pg, err := sqldb.CountPostgres(t.Context(), pool, "thing", bound)
		if err != nil {
			t.Fatal(err)
		}
		if lite, err = sqldb.CountSQLite(t.Context(), file.Read, "thing", bound); err != nil {
			t.Fatal(err)
		}
		return pg, lite
	}
	for _, bound := range []int64{5, 100} {
		pg, lite := count(bound)
		if want := (sqldb.Count{N: 5, Exact: true}); pg != want || lite != want {
			t.Errorf("up to %d: got %v and %v, want %v", bound, pg, lite, want)
		}
	}
	if pg, lite := count(2); pg.N < 3 || pg.Exact || lite != (sqldb.Count{N: 3}) {
		t.Errorf("past the bound: got %v and %v", pg, lite)
	}
	if _, err := pool.Exec(t.Context(), "ANALYZE thing"); err != nil {
		t.Fatal(err)
	}
	if pg, _ := count(2); pg != (sqldb.Count{N: 5}) {
		t.Errorf("got %v", pg)
	}
	if _, err := sqldb.CountPostgres(t.Context(), pool, `thing"; --`, 2); err == nil {
		t.Error("there is such a table")
	}
}
