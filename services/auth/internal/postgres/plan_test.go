package postgres_test

import (
	"strings"
	"testing"

	"github.com/lair-chat/lair/pkg/testkit/pgtest"
	"github.com/lair-chat/lair/services/auth/internal/identity"
	"github.com/lair-chat/lair/services/auth/internal/postgres"
)

// A page of many users is read from the index of names, in its order.
func TestPageOfUsersIsReadByIndex(t *testing.T) {
	pool, tape := pgtest.Traced(t)
	if err := postgres.Migrate(t.Context(), pool); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		`INSERT INTO auth_user (user_id, username, username_key, email, email_key, password, role, created_at, updated_at)
			SELECT gen_random_uuid(), 'user_' || n, 'user_' || n, n || '@example.com', n || '@example.com', '', 'user', now(), now() FROM generate_series(1, 10000) n`,
		`ANALYZE auth_user`,
	} {
		if _, err := pool.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	store := postgres.New(pool)
	for name, q := range map[string]identity.Query{
		"FirstPage": {Limit: 50},
		"LatePage":  {Limit: 50, Offset: 9000},
		"Search":    {Limit: 50, Search: "user_77"},
	} {
		t.Run(name, func(t *testing.T) {
			tape.Take()
			list, _, err := store.ListUsers(t.Context(), q)
			if err != nil || len(list) != 50 {
				t.Fatalf("%d users, %v", len(list), err)
			}
			plan := pgtest.Plan(t, pool, pgtest.Named(t, tape.Take(), "ListUsers"))
			if strings.Contains(plan, "Seq Scan") || strings.Contains(plan, "Sort") || !strings.Contains(plan, "auth_user_username_key") {
				t.Errorf("it is read so:\n%s", plan)
			}
		})
	}
}
