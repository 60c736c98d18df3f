package postgres_test

import (
	"testing"

	"github.com/lair-chat/lair/pkg/testkit/pgtest"
	"github.com/lair-chat/lair/services/room/internal/membership"
	"github.com/lair-chat/lair/services/room/internal/postgres"
	"github.com/lair-chat/lair/services/room/internal/storetest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestContract(t *testing.T) {
	storetest.Run(t, func(tb testing.TB) membership.Store {
		tb.Helper()
		pool := pgtest.New(tb)
		if err := postgres.Migrate(tb.Context(), pool); err != nil {
			tb.Fatal(err)
		}
		return postgres.New(pool)
	})
}
