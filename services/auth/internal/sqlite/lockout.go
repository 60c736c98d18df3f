package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/lair-chat/lair/services/auth/internal/identity"
	"github.com/lair-chat/lair/services/auth/internal/sqlite/db"
)

// Lockout implements identity.Store.
func (s *Store) Lockout(ctx context.Context, key identity.LockoutKey) (identity.Lockout, error) {
	row, err := s.q.Lockout(ctx, s.file.Read, key[:])
	if errors.Is(err, sql.ErrNoRows) {
		return identity.Lockout{}, nil
	}
	return lockout(row), err
}

// CountFailure implements identity.Store.
func (s *Store) CountFailure(ctx context.Context, key identity.LockoutKey, now time.Time, act identity.Act) (l identity.Lockout, counted bool, err error) {
	err = s.update(ctx, func(tx *sql.Tx) error {
		row, err := s.q.HoldLockout(ctx, tx, db.HoldLockoutParams{LockoutKey: key[:], Now: stored(now)})
		if err != nil {
			return err
		}
		if l = lockout(row); l.Locked(now) {
			return nil
		}
		l, counted = l.Fail(now), true
		if err := s.record(ctx, tx, []identity.Act{l.Note(act, now)}); err != nil {
			return err
		}
		return s.q.SetLockout(ctx, tx, db.SetLockoutParams{
			LockoutKey: key[:], Failures: int64(l.Failures), LockedUntil: stored(l.Until), ForgetAt: stored(l.Forget),
		})
	})
	return l, counted, err
}

// Forgive implements identity.Store.
func (s *Store) Forgive(ctx context.Context, key identity.LockoutKey) error {
	return s.q.DeleteLockout(ctx, s.file.Write, key[:])
}

func lockout(r db.AuthLockout) identity.Lockout {
	return identity.Lockout{Failures: int(r.Failures), Until: loaded(r.LockedUntil), Forget: loaded(r.ForgetAt)}
}
