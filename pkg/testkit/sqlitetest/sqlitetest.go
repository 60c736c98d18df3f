// Package sqlitetest gives a test a SQLite file of its own.
package sqlitetest

import (
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite" // the driver

	"github.com/lair-chat/lair/pkg/sqldb"
)

// New returns an empty file, which is removed after the test.
func New(tb testing.TB) *sqldb.SQLite {
	tb.Helper()
	file, err := sqldb.OpenSQLite(tb.Context(), filepath.Join(tb.TempDir(), "lair.db"))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := file.Close(); err != nil {
			tb.Error(err)
		}
	})
	return file
}
