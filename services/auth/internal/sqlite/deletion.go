package sqlite

import (
	"context"
	"database/sql"
	"time"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/auth/internal/identity"
	"github.com/lair-chat/lair/services/auth/internal/sqlite/db"
)

// Delete implements identity.Store.
func (s *Store) Delete(ctx context.Context, u id.User, hash string, at time.Time, acts ...identity.Act) (ended []id.Session, ok bool, err error) {
	err = s.update(ctx, func(tx *sql.Tx) error {
		n, err := s.q.ForgetUser(ctx, tx, db.ForgetUserParams{
			UserID: u.UUID, EmailKey: u.String(), OldPassword: hash, UpdatedAt: stored(at),
		})
		if ok = n > 0; err != nil || !ok {
			return err
		}
		if err := s.q.DeleteReset(ctx, tx, u.UUID); err != nil {
			return err
		}
		if ended, err = s.endOthers(ctx, tx, u, id.Session{}); err != nil {
			return err
		}
		if err := s.q.InsertDeletion(ctx, tx, db.InsertDeletionParams{UserID: u.UUID, DeletedAt: stored(at)}); err != nil {
			return err
		}
		return s.record(ctx, tx, acts)
	})
	return ended, ok, err
}
