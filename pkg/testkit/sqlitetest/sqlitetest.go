// Package sqlitetest gives a test a SQLite file of its own.
package sqlitetest

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
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

// Spy runs statements on a database and keeps the last one.
type Spy struct {
	*sql.DB
	text string
	args []any
}

// QueryContext implements the interface that the queries of sqlc need.
func (s *Spy) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	s.text, s.args = text, args
	return s.DB.QueryContext(ctx, text, args...)
}

// Plan returns how SQLite carries the last statement out, a step a line.
func (s *Spy) Plan(tb testing.TB) string {
	tb.Helper()
	rows, err := s.DB.QueryContext(tb.Context(), "EXPLAIN QUERY PLAN "+s.text, s.args...)
	if err != nil {
		tb.Fatal(err)
	}
	defer rows.Close() // it is read
	var plan strings.Builder
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			tb.Fatal(err)
		}
		plan.WriteString(detail + "\n")
	}
	if err := rows.Err(); err != nil {
		tb.Fatal(err)
	}
	return plan.String()
}
