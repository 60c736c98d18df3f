package sqlite_test

import (
	"testing"

	"github.com/lair-chat/lair/pkg/testkit/sqlitetest"
	"github.com/lair-chat/lair/services/auth/internal/sqlite"
	"github.com/lair-chat/lair/services/auth/internal/storetest"
	journalsqlite "github.com/lair-chat/lair/services/internal/journal/sqlite"
)

func TestContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Store {
		t.Helper()
		file := sqlitetest.New(t)
		if err := sqlite.Migrate(t.Context(), file); err != nil {
			t.Fatal(err)
		}
		return storetest.Store{Both: sqlite.New(file), Journal: journalsqlite.NewReader(file.Read)}
	})
}
