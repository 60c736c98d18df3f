package limit_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/lair-chat/lair/clients/load/internal/limit"
	"github.com/lair-chat/lair/pkg/sqldb"
)

func TestEveryRowOfABatchIsStored(t *testing.T) {
	path := filepath.Join(t.TempDir(), "limit.db")
	rate, err := limit.SQLite(t.Context(), path, 10, time.Nanosecond)
	if err != nil || rate <= 0 {
		t.Fatalf("%v rows a second, %v", rate, err)
	}
	file, err := sqldb.OpenSQLite(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var n int
	if err := file.Read.QueryRowContext(t.Context(), "SELECT count(*) FROM load_message").Scan(&n); err != nil || n != 10 {
		t.Errorf("%d rows, %v", n, err)
	}
}
