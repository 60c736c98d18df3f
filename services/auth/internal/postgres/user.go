package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/auth/internal/identity"
	"github.com/lair-chat/lair/services/auth/internal/postgres/db"
	journalpg "github.com/lair-chat/lair/services/internal/journal/postgres"
)

// Register implements identity.Store.
func (s *Store) Register(ctx context.Context, u identity.User, first *identity.Session, acts ...identity.Act) error {
	return s.update(ctx, func(tx pgx.Tx) error {
		err := s.q.InsertUser(ctx, tx, db.InsertUserParams{
			UserID: u.ID.UUID, Username: u.Username, UsernameKey: u.NameKey,
			Email: u.Email, EmailKey: identity.Key(u.Email), Password: u.Password, Role: u.Role, CreatedAt: stored(u.CreatedAt),
		})
		if err != nil {
			return taken(err)
		}
		if first != nil {
			if err := s.q.InsertSession(ctx, tx, insert(*first)); err != nil {
				return err
			}
		}
		if err := s.record(ctx, tx, acts); err != nil {
			return err
		}
		return journalpg.New(tx).CreateUser(ctx, u.ID)
	})
}

// UserByLogin implements identity.Store.
func (s *Store) UserByLogin(ctx context.Context, key string) (identity.User, error) {
	u, err := user(s.q.UserByName(ctx, s.pool, key))
	if errors.Is(err, identity.ErrNoUser) {
		return user(s.q.UserByEmail(ctx, s.pool, key))
	}
	return u, err
}

// User implements identity.Store.
func (s *Store) User(ctx context.Context, u id.User) (identity.User, error) {
	return user(s.q.User(ctx, s.pool, u.UUID))
}

// Users implements identity.Store.
func (s *Store) Users(ctx context.Context, ids []id.User) ([]identity.User, error) {
	rows, err := s.q.Users(ctx, s.pool, list(ids))
	return users(rows), err
}

// ListUsers implements identity.Store.
func (s *Store) ListUsers(ctx context.Context, q identity.Query) ([]identity.User, int, error) {
	only := q.Only != nil
	rows, err := s.q.ListUsers(ctx, s.pool, db.ListUsersParams{
		Search: q.Search, After: q.After, ListedOnly: only, UserIds: list(q.Only), SkipRows: int32(q.Offset), MaxRows: int32(q.Limit), //nolint:gosec // pages
	})
	if err != nil {
		return nil, 0, err
	}
	if total, known := q.Total(len(rows)); known {
		return users(rows), total, nil
	}
	total, err := s.q.CountUsers(ctx, s.pool, db.CountUsersParams{Search: q.Search, ListedOnly: only, UserIds: list(q.Only)})
	return users(rows), int(total), err
}

// ReplacePassword implements identity.Store.
func (s *Store) ReplacePassword(ctx context.Context, u id.User, old, hash string, at time.Time) (bool, error) {
	n, err := s.q.ReplacePassword(ctx, s.pool, db.ReplacePasswordParams{
		UserID: u.UUID, OldPassword: old, Password: hash, UpdatedAt: stored(at),
	})
	return n > 0, err
}

// ChangePassword implements identity.Store.
func (s *Store) ChangePassword(ctx context.Context, u id.User, old, hash string, keep id.Session, at time.Time, acts ...identity.Act) (ended []id.Session, ok bool, err error) {
	err = s.update(ctx, func(tx pgx.Tx) error {
		ended = nil
		n, err := s.q.ReplacePassword(ctx, tx, db.ReplacePasswordParams{
			UserID: u.UUID, OldPassword: old, Password: hash, UpdatedAt: stored(at),
		})
		if ok = n > 0; err != nil || !ok {
			return err
		}
		if ended, err = s.endOthers(ctx, tx, u, keep); err != nil {
			return err
		}
		return s.record(ctx, tx, acts)
	})
	return ended, ok, err
}

// UpdateProfile implements identity.Store.
func (s *Store) UpdateProfile(ctx context.Context, u id.User, p identity.Profile, at time.Time, acts ...identity.Act) (changed identity.User, err error) {
	x := db.UpdateProfileParams{UserID: u.UUID, Email: optional(p.Email), DisplayName: optional(p.DisplayName), UpdatedAt: stored(at)}
	if p.Email != nil {
		x.EmailKey = optional(new(identity.Key(*p.Email)))
	}
	err = s.update(ctx, func(tx pgx.Tx) error {
		row, err := s.q.UpdateProfile(ctx, tx, x)
		if changed, err = user(row, taken(err)); err != nil {
			return err
		}
		return s.record(ctx, tx, acts)
	})
	return changed, err
}

func optional(text *string) pgtype.Text {
	if text == nil {
		return pgtype.Text{}
	}
	return pgtype.Text{String: *text, Valid: true}
}

// SetRole implements identity.Store.
func (s *Store) SetRole(ctx context.Context, u id.User, role string, at time.Time, acts ...identity.Act) (changed bool, err error) {
	err = s.update(ctx, func(tx pgx.Tx) error {
		if role != identity.RoleAdmin {
			if err := s.keepAdmin(ctx, tx, u, at); err != nil {
				return err
			}
		}
		n, err := s.q.SetRole(ctx, tx, db.SetRoleParams{UserID: u.UUID, Role: role, UpdatedAt: stored(at)})
		if err != nil {
			return err
		}
		if changed = n > 0; !changed {
			_, err := user(s.q.User(ctx, tx, u.UUID))
			return err
		}
		return s.record(ctx, tx, acts)
	})
	return changed, err
}

// keepAdmin refuses to take away the only administrator.
func (s *Store) keepAdmin(ctx context.Context, tx pgx.Tx, u id.User, at time.Time) error {
	admins, err := s.q.HoldAdmins(ctx, tx, stored(at))
	if err == nil && len(admins) == 1 && admins[0] == u.UUID {
		err = identity.ErrLastAdmin
	}
	return err
}

func user(r db.AuthUser, err error) (identity.User, error) {
	if errors.Is(err, pgx.ErrNoRows) {
		return identity.User{}, identity.ErrNoUser
	}
	return identity.User{
		ID: id.User{UUID: r.UserID}, Username: r.Username, NameKey: r.UsernameKey, Email: r.Email, Password: r.Password, Role: r.Role,
		DisplayName: r.DisplayName, BannedUntil: maybe(r.BannedUntil), BanReason: r.BanReason,
		CreatedAt: loaded(r.CreatedAt), UpdatedAt: loaded(r.UpdatedAt),
	}, err
}

func users(rows []db.AuthUser) []identity.User {
	out := make([]identity.User, len(rows))
	for i, row := range rows {
		out[i], _ = user(row, nil)
	}
	return out
}

func list(ids []id.User) []id.UUID {
	out := make([]id.UUID, len(ids))
	for i, u := range ids {
		out[i] = u.UUID
	}
	return out
}
