package system_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/lair-chat/lair/pkg/sqldb"
	"github.com/lair-chat/lair/pkg/testkit/pgtest"
	"github.com/lair-chat/lair/services/lair/internal/system"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestFileInUseIsNoticed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lair.db")
	file, err := sqldb.OpenSQLite(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if err := system.Migrate(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	if err := system.Offline(t.Context(), path); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("while it is open: %v", err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := system.Offline(t.Context(), path); err != nil {
			t.Errorf("while it is closed: %v", err)
		}
	}
}

func TestDatabaseInUseIsNoticed(t *testing.T) {
	url := pgtest.URL(t)
	conn, err := system.ConnectPostgres(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context()) // a test's own
	if err := system.OfflinePostgres(t.Context(), conn); err != nil {
		t.Errorf("while nobody uses it: %v", err)
	}
	pool, err := sqldb.OpenPostgres(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if err := pool.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := system.OfflinePostgres(t.Context(), conn); err == nil || !strings.Contains(err.Error(), "stop") {
		t.Errorf("while it is used: %v", err)
	}
}
