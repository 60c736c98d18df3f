package postgres_test

import (
	"sync"
	"testing"

	"github.com/lair-chat/lair/pkg/sqldb"
	"github.com/lair-chat/lair/pkg/testkit/pgtest"
	"github.com/lair-chat/lair/services/auth/internal/postgres"
	"github.com/lair-chat/lair/services/auth/internal/storetest"
	journalpg "github.com/lair-chat/lair/services/internal/journal/postgres"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestManyProcessesMigrateAtOnce(t *testing.T) {
	url := pgtest.URL(t)
	var g sync.WaitGroup
	for range 4 {
		g.Go(func() {
			pool, err := sqldb.OpenPostgres(t.Context(), url)
			if err != nil {
				t.Error(err)
				return
			}
			defer pool.Close()
			if err := postgres.Migrate(t.Context(), pool); err != nil {
				t.Error(err)
			}
			if keys, err := postgres.New(pool).Keys(t.Context()); err != nil || len(keys) != 0 {
				t.Errorf("got %v, %v", keys, err)
			}
		})
	}
	g.Wait()
}

func TestContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Store {
		t.Helper()
		pool := pgtest.New(t)
		if err := postgres.Migrate(t.Context(), pool); err != nil {
			t.Fatal(err)
		}
		return storetest.Store{Both: postgres.New(pool), Journal: journalpg.NewReader(pool)}
	})
}

func TestOldKeys(t *testing.T) {
	storetest.RunOld(t, func(t *testing.T) storetest.Old {
		t.Helper()
		pool := pgtest.New(t)
		o := storetest.Old{Migrate: func() error { return postgres.Migrate(t.Context(), pool) }}
		if err := o.Migrate(); err != nil {
			t.Fatal(err)
		}
		o.Store = storetest.Store{Both: postgres.New(pool), Journal: journalpg.NewReader(pool)}
		o.Age = func(name, key string) error {
			_, err := pool.Exec(t.Context(), "UPDATE auth_user SET username_key = $1, key_form = 0 WHERE username = $2", key, name)
			return err
		}
		return o
	})
}

func TestListsTakeTheSameStatementsWhateverTheirSize(t *testing.T) {
	pool, tape := pgtest.Traced(t)
	if err := postgres.Migrate(t.Context(), pool); err != nil {
		t.Fatal(err)
	}
	storetest.RunCounted(t, storetest.Counted{
		Store: storetest.Store{Both: postgres.New(pool), Journal: journalpg.NewReader(pool)},
		Take:  func() int { return len(tape.Take()) },
	})
}
