package sqlite

import (
	"context"

	"github.com/lair-chat/lair/pkg/sqldb"
)

// exact bounds how many rows are counted: some tenths of a second.
const exact = 1_000_000

// Count implements membership.Store.
func (s *Store) Count(ctx context.Context) (int64, bool, error) {
	c, err := sqldb.CountSQLite(ctx, s.file.Read, "room_room", exact)
	return c.N, c.Exact, err
}
