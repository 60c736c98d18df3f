package postgres_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/lair-chat/lair/pkg/testkit/pgtest"
	"github.com/lair-chat/lair/services/internal/journal"
	journalpg "github.com/lair-chat/lair/services/internal/journal/postgres"
	"github.com/lair-chat/lair/services/message/internal/postgres"
	"github.com/lair-chat/lair/services/message/internal/storetest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestContract(t *testing.T) {
	storetest.Run(t, func(tb testing.TB) storetest.Store {
		tb.Helper()
		pool := pgtest.New(tb)
		if err := postgres.Migrate(tb.Context(), pool); err != nil {
			tb.Fatal(err)
		}
		return storetest.Store{
			Store: postgres.New(pool),
			Update: func(ctx context.Context, f func(journal.Tx) error) error {
				return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error { return f(journalpg.New(tx)) })
			},
		}
	})
}

func TestReadsTakeTheSameStatementsWhateverTheirSize(t *testing.T) {
	pool, tape := pgtest.Traced(t)
	if err := postgres.Migrate(t.Context(), pool); err != nil {
		t.Fatal(err)
	}
	storetest.RunCounted(t, storetest.Counted{
		Store: storetest.Store{
			Store: postgres.New(pool),
			Update: func(ctx context.Context, f func(journal.Tx) error) error {
				return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error { return f(journalpg.New(tx)) })
			},
		},
		Take: func() int { return len(tape.Take()) },
	})
}
