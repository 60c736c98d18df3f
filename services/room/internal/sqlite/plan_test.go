package sqlite_test

import (
	"strings"
	"testing"

	"github.com/lair-chat/lair/pkg/testkit/sqlitetest"
	"github.com/lair-chat/lair/services/room/internal/sqlite"
	"github.com/lair-chat/lair/services/room/internal/sqlite/db"
)

// A page of many rooms is read from the index of names, in its order.
func TestPageOfRoomsIsReadByIndex(t *testing.T) {
	file := sqlitetest.New(t)
	if err := sqlite.Migrate(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	const fill = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
		INSERT INTO room_room (room_id, name, name_key, owner_id, is_private, max_members, is_moderated, created_at, updated_at)
		SELECT randomblob(16), 'room ' || i, 'room ' || i, randomblob(16), 0, 0, 0, 1, 1 FROM n`
	if _, err := file.Write.ExecContext(t.Context(), fill); err != nil {
		t.Fatal(err)
	}
	for name, q := range map[string]db.RoomsParams{
		"FirstPage": {MaxRows: 50, Mine: "[]"},
		"LatePage":  {MaxRows: 50, Mine: "[]", SkipRows: 9000},
		"Search":    {MaxRows: 50, Mine: "[]", Search: "room 77"},
	} {
		t.Run(name, func(t *testing.T) {
			spy := &sqlitetest.Spy{DB: file.Read}
			list, err := db.New().Rooms(t.Context(), spy, q)
			if err != nil || len(list) != 50 {
				t.Fatalf("%d rooms, %v", len(list), err)
			}
			plan := spy.Plan(t)
			if strings.Contains(plan, "TEMP B-TREE") || !strings.Contains(plan, "room_room USING INDEX") {
				t.Errorf("it is read so:\n%s", plan)
			}
		})
	}
}
