package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lair-chat/lair/services/auth/internal/identity"
	"github.com/lair-chat/lair/services/auth/internal/postgres/db"
)

// Lockout implements identity.Store.
func (s *Store) Lockout(ctx context.Context, key identity.LockoutKey) (identity.Lockout, error) {
	row, err := s.q.Lockout(ctx, s.pool, key[:])
	if errors.Is(err, pgx.ErrNoRows) {
		return identity.Lockout{}, nil
	}
	return lockout(row), err
}

// CountFailure implements identity.Store.
func (s *Store) CountFailure(ctx context.Context, key identity.LockoutKey, now time.Time, act identity.Act) (l identity.Lockout, counted bool, err error) {
	err = s.update(ctx, func(tx pgx.Tx) error {
		counted = false
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
			LockoutKey: key[:], Failures: int32(l.Failures), LockedUntil: stored(l.Until), ForgetAt: stored(l.Forget), //nolint:gosec // a count
		})
	})
	return l, counted, err
}

// Forgive implements identity.Store.
func (s *Store) Forgive(ctx context.Context, key identity.LockoutKey) error {
	return s.q.DeleteLockout(ctx, s.pool, key[:])
}

func lockout(r db.AuthLockout) identity.Lockout {
	return identity.Lockout{Failures: int(r.Failures), Until: loaded(r.LockedUntil), Forget: loaded(r.ForgetAt)}
}
