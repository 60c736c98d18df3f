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

func TestOldKeys(t *testing.T) {
	storetest.RunOld(t, func(t *testing.T) storetest.Old {
		t.Helper()
		file := sqlitetest.New(t)
		o := storetest.Old{Migrate: func() error { return sqlite.Migrate(t.Context(), file) }}
		if err := o.Migrate(); err != nil {
			t.Fatal(err)
		}
		o.Store = storetest.Store{Both: sqlite.New(file), Journal: journalsqlite.NewReader(file.Read)}
		o.Age = func(name, key string) error {
			_, err := file.Write.ExecContext(t.Context(), "UPDATE auth_user SET username_key = ?, key_form = 0 WHERE username = ?", key, name)
			return err
		}
		return o
	})
}

func TestListsTakeTheSameStatementsWhateverTheirSize(t *testing.T) {
	file, tape := sqlitetest.Traced(t)
	if err := sqlite.Migrate(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	storetest.RunCounted(t, storetest.Counted{
		Store: storetest.Store{Both: sqlite.New(file), Journal: journalsqlite.NewReader(file.Read)},
		Take:  func() int { return len(tape.Take()) },
	})
}
