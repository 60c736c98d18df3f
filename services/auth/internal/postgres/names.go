package postgres

import (
	"context"
	"errors"

	"github.com/lair-chat/lair/services/auth/internal/identity"
	"github.com/lair-chat/lair/services/auth/internal/postgres/db"
)

// rekey makes the keys of names anew that are made by the rule of before. Who has
// a name that is the same as that of somebody else by now keeps the old key: it is
// still found by it, and nobody new gets it. It may be called by several at once.
func (s *Store) rekey(ctx context.Context, key func(string) string) error {
	const batch = 1000
	for {
		rows, err := s.q.OldKeys(ctx, s.pool, batch)
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, row := range rows {
			n, err := s.q.Rekey(ctx, s.pool, db.RekeyParams{UserID: row.UserID, UsernameKey: key(row.UsernameKey)})
			if n > 0 {
				continue
			}
			if err != nil && !errors.Is(taken(err), identity.ErrUsernameTaken) {
				return err
			}
			if err := s.q.KeepKey(ctx, s.pool, row.UserID); err != nil {
				return err
			}
		}
	}
}
