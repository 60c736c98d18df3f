package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/auth/internal/identity"
	"github.com/lair-chat/lair/services/auth/internal/keyring"
	"github.com/lair-chat/lair/services/auth/internal/postgres/db"
)

func insert(x identity.Session) db.InsertSessionParams {
	return db.InsertSessionParams{
		SessionID: x.ID.UUID, UserID: x.User.UUID, UserAgent: x.UserAgent, Address: x.Address,
		CreatedAt: stored(x.CreatedAt), ExpiresAt: stored(x.ExpiresAt),
	}
}

func session(r db.AuthSession, err error) (identity.Session, error) {
	if errors.Is(err, pgx.ErrNoRows) {
		return identity.Session{}, identity.ErrNoSession
	}
	return identity.Session{
		ID: id.Session{UUID: r.SessionID}, User: id.User{UUID: r.UserID}, UserAgent: r.UserAgent, Address: r.Address,
		CreatedAt: loaded(r.CreatedAt), ExpiresAt: loaded(r.ExpiresAt),
	}, err
}

// InsertSession implements identity.Store.
func (s *Store) InsertSession(ctx context.Context, x identity.Session, hash string) (ok bool, err error) {
	err = s.update(ctx, func(tx pgx.Tx) error {
		ok = false
		now, err := s.q.HoldPassword(ctx, tx, x.User.UUID)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if ok = now.Password == hash && !now.BannedUntil.After(x.CreatedAt); err != nil || !ok {
			return err
		}
		return s.q.InsertSession(ctx, tx, insert(x))
	})
	return ok && err == nil, err
}

// Session implements identity.Store.
func (s *Store) Session(ctx context.Context, x id.Session) (identity.Session, error) {
	return session(s.q.Session(ctx, s.pool, x.UUID))
}

// Sessions implements identity.Store.
func (s *Store) Sessions(ctx context.Context, u id.User, now time.Time) ([]identity.Session, error) {
	rows, err := s.q.SessionsOf(ctx, s.pool, db.SessionsOfParams{UserID: u.UUID, Now: stored(now)})
	out := make([]identity.Session, len(rows))
	for i, row := range rows {
		out[i], _ = session(row, nil)
	}
	return out, err
}

// Extend implements identity.Store.
func (s *Store) Extend(ctx context.Context, x id.Session, expires time.Time) error {
	n, err := s.q.ExtendSession(ctx, s.pool, db.ExtendSessionParams{SessionID: x.UUID, ExpiresAt: stored(expires)})
	if err == nil && n == 0 {
		return identity.ErrNoSession
	}
	return err
}

// End implements identity.Store.
func (s *Store) End(ctx context.Context, u id.User, x id.Session, acts ...identity.Act) error {
	return s.update(ctx, func(tx pgx.Tx) error {
		row, err := s.q.DeleteSession(ctx, tx, db.DeleteSessionParams{SessionID: x.UUID, UserID: u.UUID})
		if errors.Is(err, pgx.ErrNoRows) {
			return identity.ErrNoSession
		}
		if err != nil {
			return err
		}
		if err := s.revoke(ctx, tx, row); err != nil {
			return err
		}
		return s.record(ctx, tx, acts)
	})
}

// EndOthers implements identity.Store.
func (s *Store) EndOthers(ctx context.Context, u id.User, keep id.Session, acts ...identity.Act) (ended []id.Session, err error) {
	err = s.update(ctx, func(tx pgx.Tx) error {
		if ended, err = s.endOthers(ctx, tx, u, keep); err != nil {
			return err
		}
		return s.record(ctx, tx, acts)
	})
	return ended, err
}

// endOthers revokes the sessions of a user but one, and returns them.
func (s *Store) endOthers(ctx context.Context, tx pgx.Tx, u id.User, keep id.Session) ([]id.Session, error) {
	rows, err := s.q.DeleteOtherSessions(ctx, tx, db.DeleteOtherSessionsParams{UserID: u.UUID, SessionID: keep.UUID})
	if err != nil {
		return nil, err
	}
	ended := make([]id.Session, len(rows))
	for i, row := range rows {
		ended[i] = id.Session{UUID: row.SessionID}
	}
	return ended, s.revoke(ctx, tx, rows...)
}

// revoke appends to the revocations. The lock on their head, held until the
// commit, makes their numbers follow the order of the commits. However many
// there are, nobody waits for it longer than for two statements.
func (s *Store) revoke(ctx context.Context, tx pgx.Tx, rows ...db.AuthSession) error {
	if len(rows) == 0 {
		return nil
	}
	head, err := s.q.AdvanceRevocationHead(ctx, tx, int64(len(rows)))
	if err != nil {
		return err
	}
	list := db.InsertRevocationsParams{First: head - int64(len(rows)) + 1, Head: head}
	for _, row := range rows {
		list.SessionIds = append(list.SessionIds, row.SessionID)
		list.ExpiresAt = append(list.ExpiresAt, row.ExpiresAt)
	}
	return s.q.InsertRevocations(ctx, tx, list)
}

// Revoked implements identity.Store.
func (s *Store) Revoked(ctx context.Context, cursor int64, now time.Time, limit int) ([]id.Session, int64, error) {
	// The head first: whatever is before it is in the list.
	head, err := s.q.RevocationHead(ctx, s.pool)
	if err != nil {
		return nil, 0, err
	}
	if cursor > head {
		cursor = 0 // of another database, or of one that was restored
	}
	rows, err := s.q.RevokedSince(ctx, s.pool, db.RevokedSinceParams{AfterSeq: cursor, Now: stored(now), MaxRows: int32(limit)}) //nolint:gosec // a page
	if err != nil {
		return nil, 0, err
	}
	out := make([]id.Session, len(rows))
	next := head
	for i, row := range rows {
		out[i] = id.Session{UUID: row.SessionID}
		if len(rows) == limit || row.Seq > head {
			next = row.Seq
		}
	}
	return out, next, nil
}

// Purge implements identity.Store.
func (s *Store) Purge(ctx context.Context, before time.Time) error {
	return errors.Join(
		s.q.DeleteExpiredSessions(ctx, s.pool, stored(before)),
		s.q.DeleteExpiredRevocations(ctx, s.pool, stored(before)),
		s.q.DeleteForgottenLockouts(ctx, s.pool, stored(before)),
		s.q.DeleteExpiredResets(ctx, s.pool, stored(before)),
	)
}

// Keys implements keyring.Store.
func (s *Store) Keys(ctx context.Context) ([]keyring.Key, error) {
	rows, err := s.q.Keys(ctx, s.pool)
	out := make([]keyring.Key, len(rows))
	for i, row := range rows {
		out[i] = keyring.Key{KID: row.Kid, Public: row.PublicKey, Sealed: row.Sealed, CreatedAt: loaded(row.CreatedAt)}
	}
	return out, err
}

// InsertKey implements keyring.Store.
func (s *Store) InsertKey(ctx context.Context, k keyring.Key, after time.Time) error {
	return s.update(ctx, func(tx pgx.Tx) error {
		if err := s.q.LockKeys(ctx, tx); err != nil {
			return err
		}
		n, err := s.q.CountKeysSince(ctx, tx, stored(after))
		if err != nil || n > 0 {
			return err
		}
		return s.q.InsertKey(ctx, tx, db.InsertKeyParams{Kid: k.KID, PublicKey: k.Public, Sealed: k.Sealed, CreatedAt: stored(k.CreatedAt)})
	})
}

// DeleteKeys implements keyring.Store.
func (s *Store) DeleteKeys(ctx context.Context, before time.Time) error {
	return s.q.DeleteKeys(ctx, s.pool, stored(before))
}
