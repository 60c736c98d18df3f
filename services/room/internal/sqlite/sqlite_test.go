package sqlite_test

import (
	"testing"

	"github.com/lair-chat/lair/pkg/testkit/sqlitetest"
	"github.com/lair-chat/lair/services/room/internal/membership"
	"github.com/lair-chat/lair/services/room/internal/sqlite"
	"github.com/lair-chat/lair/services/room/internal/storetest"
)

func TestContract(t *testing.T) {
	storetest.Run(t, func(tb testing.TB) membership.Store {
		tb.Helper()
		file := sqlitetest.New(tb)
		if err := sqlite.Migrate(tb.Context(), file); err != nil {
			tb.Fatal(err)
		}
		return sqlite.New(file)
	})
}
