package sqlite_test

import (
	"context"
	"database/sql"
	"testing"

	"github.com/lair-chat/lair/pkg/testkit/sqlitetest"
	"github.com/lair-chat/lair/services/internal/journal"
	"github.com/lair-chat/lair/services/internal/journal/journaltest"
	"github.com/lair-chat/lair/services/internal/journal/sqlite"
)

func TestContract(t *testing.T) {
	journaltest.Run(t, func(tb testing.TB) journaltest.Store {
		tb.Helper()
		file := sqlitetest.New(tb)
		if err := sqlite.Migrate(tb.Context(), file.Write); err != nil {
			tb.Fatal(err)
		}
		return journaltest.Store{
			Reader: sqlite.NewReader(file.Read),
			Update: func(ctx context.Context, f func(journal.Tx) error) error {
				return file.Update(ctx, func(tx *sql.Tx) error { return f(sqlite.New(tx)) })
			},
			BeginEpoch: func(ctx context.Context) error {
				return file.Update(ctx, func(tx *sql.Tx) error { return sqlite.BeginEpoch(ctx, tx) })
			},
		}
	})
}
