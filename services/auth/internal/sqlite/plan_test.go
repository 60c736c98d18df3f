package sqlite_test

import (
	"strings"
	"testing"

	"github.com/lair-chat/lair/pkg/testkit/sqlitetest"
	"github.com/lair-chat/lair/services/auth/internal/sqlite"
	"github.com/lair-chat/lair/services/auth/internal/sqlite/db"
)

// A page of many users is read from the index of names, in its order.
func TestPageOfUsersIsReadByIndex(t *testing.T) {
	file := sqlitetest.New(t)
	if err := sqlite.Migrate(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	const fill = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
		INSERT INTO auth_user (user_id, username, username_key, email, email_key, password, role, created_at, updated_at)
		SELECT randomblob(16), 'user_' || i, 'user_' || i, i || '@example.com', i || '@example.com', '', 'user', 1, 1 FROM n`
	if _, err := file.Write.ExecContext(t.Context(), fill); err != nil {
		t.Fatal(err)
	}
	for name, q := range map[string]db.ListUsersParams{
		"FirstPage": {MaxRows: 50, UserIds: "[]"},
		"LatePage":  {MaxRows: 50, UserIds: "[]", SkipRows: 9000},
		"Search":    {MaxRows: 50, UserIds: "[]", Search: "user_77"},
	} {
		t.Run(name, func(t *testing.T) {
			spy := &sqlitetest.Spy{DB: file.Read}
			list, err := db.New().ListUsers(t.Context(), spy, q)
			if err != nil || len(list) != 50 {
				t.Fatalf("%d users, %v", len(list), err)
			}
			plan := spy.Plan(t)
			if strings.Contains(plan, "TEMP B-TREE") || !strings.Contains(plan, "auth_user USING INDEX") {
				t.Errorf("it is read so:\n%s", plan)
			}
		})
	}
}
