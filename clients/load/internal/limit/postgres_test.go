package limit_test

import (
	"testing"
	"time"

	"github.com/lair-chat/lair/clients/load/internal/limit"
	"github.com/lair-chat/lair/pkg/testkit/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestLimitsOfPostgresLeaveNothingBehind(t *testing.T) {
	pool := pgtest.New(t)
	p, err := limit.OpenPostgres(t.Context(), pool.Config().ConnString())
	if err != nil {
		t.Fatal(err)
	}
	if rate, err := p.Commits(t.Context(), time.Nanosecond); rate <= 0 || err != nil {
		t.Errorf("%v commits a second, %v", rate, err)
	}
	if rate, err := p.RowLock(t.Context(), time.Nanosecond); rate <= 0 || err != nil {
		t.Errorf("%v messages a second, %v", rate, err)
	}
	if rate, rows, err := p.Batches(t.Context(), time.Nanosecond); rate <= 0 || rows < limit.BatchRows || err != nil {
		t.Errorf("%v rows a second, %d in all, %v", rate, rows, err)
	}
	if err := p.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	var n int
	const q = "SELECT count(*) FROM pg_tables WHERE tablename LIKE 'load%'"
	if err := pool.QueryRow(t.Context(), q).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d tables, %v", n, err)
	}
}
