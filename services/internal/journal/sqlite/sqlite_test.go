package sqlite_test

import (
	"context"
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
				tx, err := file.Write.BeginTx(ctx, nil)
				if err != nil {
					return err
				}
				defer tx.Rollback() //nolint:errcheck // a commit came first, or an error is being returned
				if err := f(sqlite.New(tx)); err != nil {
					return err
				}
				return tx.Commit()
			},
		}
	})
}
