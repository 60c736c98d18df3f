package sqlite_test

import (
	"context"
	"database/sql"
	"testing"

	"github.com/lair-chat/lair/pkg/testkit/sqlitetest"
	"github.com/lair-chat/lair/services/internal/journal"
	journalsqlite "github.com/lair-chat/lair/services/internal/journal/sqlite"
	"github.com/lair-chat/lair/services/message/internal/sqlite"
	"github.com/lair-chat/lair/services/message/internal/storetest"
)

func TestContract(t *testing.T) {
	storetest.Run(t, func(tb testing.TB) storetest.Store {
		tb.Helper()
		file := sqlitetest.New(tb)
		if err := sqlite.Migrate(tb.Context(), file); err != nil {
			tb.Fatal(err)
		}
		return storetest.Store{
			Store: sqlite.New(file),
			Update: func(ctx context.Context, f func(journal.Tx) error) error {
				return file.Update(ctx, func(tx *sql.Tx) error { return f(journalsqlite.New(tx)) })
			},
		}
	})
}

func TestReadsTakeTheSameStatementsWhateverTheirSize(t *testing.T) {
	file, tape := sqlitetest.Traced(t)
	if err := sqlite.Migrate(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	storetest.RunCounted(t, storetest.Counted{
		Store: storetest.Store{
			Store: sqlite.New(file),
			Update: func(ctx context.Context, f func(journal.Tx) error) error {
				return file.Update(ctx, func(tx *sql.Tx) error { return f(journalsqlite.New(tx)) })
			},
		},
		Take: func() int { return len(tape.Take()) }, Near: true,
	})
}
