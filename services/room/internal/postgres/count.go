package postgres

import (
	"context"

	"github.com/lair-chat/lair/pkg/sqldb"
)

// exact bounds how many rows are counted: some tens of milliseconds.
const exact = 100_000

// Count implements membership.Store.
func (s *Store) Count(ctx context.Context) (int64, bool, error) {
	c, err := sqldb.CountPostgres(ctx, s.pool, "room_room", exact)
	return c.N, c.Exact, err
}
