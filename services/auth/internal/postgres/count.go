package postgres

import (
	"context"

	"github.com/lair-chat/lair/pkg/sqldb"
	"github.com/lair-chat/lair/services/auth/internal/identity"
)

// exact bounds how many rows are counted: some tens of milliseconds.
const exact = 100_000

// Counts implements identity.Store.
func (s *Store) Counts(ctx context.Context) (users, sessions identity.Count, err error) {
	u, err := sqldb.CountPostgres(ctx, s.pool, "auth_user", exact)
	if err != nil {
		return users, sessions, err
	}
	x, err := sqldb.CountPostgres(ctx, s.pool, "auth_session", exact)
	return identity.Count{Total: u.N, Exact: u.Exact}, identity.Count{Total: x.N, Exact: x.Exact}, err
}
