package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/auth/internal/identity"
	"github.com/lair-chat/lair/services/auth/internal/postgres/db"
)

// Ban implements identity.Store.
func (s *Store) Ban(ctx context.Context, u id.User, b identity.Ban, at time.Time, acts ...identity.Act) (ended []id.Session, err error) {
	err = s.update(ctx, func(tx pgx.Tx) error {
		if err := s.keepAdmin(ctx, tx, u, at); err != nil {
			return err
		}
		n, err := s.q.SetBan(ctx, tx, db.SetBanParams{
			UserID: u.UUID, BannedUntil: stored(b.Until), BanReason: b.Reason, UpdatedAt: stored(at),
		})
		if err == nil && n == 0 {
			err = identity.ErrNoUser
		}
		if err != nil {
			return err
		}
		if ended, err = s.endOthers(ctx, tx, u, id.Session{}); err != nil {
			return err
		}
		return s.record(ctx, tx, acts)
	})
	return ended, err
}

// Unban implements identity.Store.
func (s *Store) Unban(ctx context.Context, u id.User, at time.Time, acts ...identity.Act) (lifted bool, err error) {
	err = s.update(ctx, func(tx pgx.Tx) error {
		n, err := s.q.LiftBan(ctx, tx, db.LiftBanParams{UserID: u.UUID, Never: stored(never), UpdatedAt: stored(at)})
		if lifted = n > 0; err != nil || !lifted {
			return err
		}
		return s.record(ctx, tx, acts)
	})
	return lifted, err
}

// PutReset implements identity.Store.
func (s *Store) PutReset(ctx context.Context, u id.User, r identity.Reset, acts ...identity.Act) error {
	return s.update(ctx, func(tx pgx.Tx) error {
		x := db.PutResetParams{UserID: u.UUID, Digest: r.Digest, ExpiresAt: stored(r.ExpiresAt)}
		if err := s.q.PutReset(ctx, tx, x); err != nil {
			return err
		}
		return s.record(ctx, tx, acts)
	})
}

// ResetOf implements identity.Store.
func (s *Store) ResetOf(ctx context.Context, digest []byte, now time.Time) (id.User, error) {
	u, err := s.q.ResetOf(ctx, s.pool, db.ResetOfParams{Digest: digest, Now: stored(now)})
	if errors.Is(err, pgx.ErrNoRows) {
		err = identity.ErrReset
	}
	return id.User{UUID: u}, err
}

// TakeReset implements identity.Store.
func (s *Store) TakeReset(ctx context.Context, digest []byte, hash string, at time.Time, acts ...identity.Act) (ended []id.Session, err error) {
	err = s.update(ctx, func(tx pgx.Tx) error {
		u, err := s.q.TakeReset(ctx, tx, db.TakeResetParams{Digest: digest, Now: stored(at)})
		if errors.Is(err, pgx.ErrNoRows) {
			return identity.ErrReset
		}
		if err != nil {
			return err
		}
		x := db.SetPasswordParams{UserID: u, Password: hash, UpdatedAt: stored(at)}
		if err := s.q.SetPassword(ctx, tx, x); err != nil {
			return err
		}
		if ended, err = s.endOthers(ctx, tx, id.User{UUID: u}, id.Session{}); err != nil {
			return err
		}
		return s.record(ctx, tx, acts)
	})
	return ended, err
}

// never is the end of no ban.
var never = time.Unix(0, 0).UTC()
