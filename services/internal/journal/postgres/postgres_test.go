package postgres_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/lair-chat/lair/pkg/testkit/pgtest"
	"github.com/lair-chat/lair/services/internal/journal"
	"github.com/lair-chat/lair/services/internal/journal/journaltest"
	"github.com/lair-chat/lair/services/internal/journal/postgres"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestContract(t *testing.T) {
	journaltest.Run(t, func(tb testing.TB) journaltest.Store {
		tb.Helper()
		pool := pgtest.New(tb)
		if err := postgres.Migrate(tb.Context(), pool); err != nil {
			tb.Fatal(err)
		}
		return journaltest.Store{
			Reader: postgres.NewReader(pool),
			Update: func(ctx context.Context, f func(journal.Tx) error) error {
				return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error { return f(postgres.New(tx)) })
			},
			BeginEpoch: func(ctx context.Context) error {
				return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error { return postgres.BeginEpoch(ctx, tx) })
			},
		}
	})
}
