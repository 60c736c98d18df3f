package sqlite

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/auth/internal/identity"
	"github.com/lair-chat/lair/services/auth/internal/sqlite/db"
	journalsqlite "github.com/lair-chat/lair/services/internal/journal/sqlite"
)

// Register implements identity.Store.
func (s *Store) Register(ctx context.Context, u identity.User, first *identity.Session, acts ...identity.Act) error {
	return s.update(ctx, func(tx *sql.Tx) error {
		// SQLite does not say which of two constraints it finds violated first.
		if _, err := s.q.UserByName(ctx, tx, u.NameKey); err == nil {
			return identity.ErrUsernameTaken
		}
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
		return journalsqlite.New(tx).CreateUser(ctx, u.ID)
	})
}

// UserByLogin implements identity.Store.
func (s *Store) UserByLogin(ctx context.Context, key string) (identity.User, error) {
	u, err := user(s.q.UserByName(ctx, s.file.Read, key))
	if errors.Is(err, identity.ErrNoUser) {
		return user(s.q.UserByEmail(ctx, s.file.Read, key))
	}
	return u, err
}

// User implements identity.Store.
func (s *Store) User(ctx context.Context, u id.User) (identity.User, error) {
	return user(s.q.User(ctx, s.file.Read, u.UUID))
}

// Users implements identity.Store.
func (s *Store) Users(ctx context.Context, ids []id.User) ([]identity.User, error) {
	rows, err := s.q.Users(ctx, s.file.Read, list(ids))
	return users(rows), err
}

// ListUsers implements identity.Store.
func (s *Store) ListUsers(ctx context.Context, q identity.Query) ([]identity.User, int, error) {
	only := bit(q.Only != nil)
	rows, err := s.q.ListUsers(ctx, s.file.Read, db.ListUsersParams{
		Search: q.Search, After: q.After, ListedOnly: only, UserIds: list(q.Only), SkipRows: int64(q.Offset), MaxRows: int64(q.Limit),
	})
	if err != nil {
		return nil, 0, err
	}
	if total, known := q.Total(len(rows)); known {
		return users(rows), total, nil
	}
	total, err := s.q.CountUsers(ctx, s.file.Read, db.CountUsersParams{Search: q.Search, ListedOnly: only, UserIds: list(q.Only)})
	return users(rows), int(total), err
}

// ReplacePassword implements identity.Store.
func (s *Store) ReplacePassword(ctx context.Context, u id.User, old, hash string, at time.Time) (bool, error) {
	n, err := s.q.ReplacePassword(ctx, s.file.Write, db.ReplacePasswordParams{
		UserID: u.UUID, OldPassword: old, Password: hash, UpdatedAt: stored(at),
	})
	return n > 0, err
}

// ChangePassword implements identity.Store.
func (s *Store) ChangePassword(ctx context.Context, u id.User, old, hash string, keep id.Session, at time.Time, acts ...identity.Act) (ended []id.Session, ok bool, err error) {
	err = s.update(ctx, func(tx *sql.Tx) error {
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
	err = s.update(ctx, func(tx *sql.Tx) error {
		row, err := s.q.UpdateProfile(ctx, tx, x)
		if changed, err = user(row, taken(err)); err != nil {
			return err
		}
		return s.record(ctx, tx, acts)
	})
	return changed, err
}

func optional(text *string) sql.NullString {
	if text == nil {
		return sql.NullString{}
	}
	return sql.NullString{String: *text, Valid: true}
}

// SetRole implements identity.Store.
func (s *Store) SetRole(ctx context.Context, u id.User, role string, at time.Time, acts ...identity.Act) (changed bool, err error) {
	err = s.update(ctx, func(tx *sql.Tx) error {
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
func (s *Store) keepAdmin(ctx context.Context, tx *sql.Tx, u id.User, at time.Time) error {
	admins, err := s.q.HoldAdmins(ctx, tx, stored(at))
	if err == nil && len(admins) == 1 && admins[0] == u.UUID {
		err = identity.ErrLastAdmin
	}
	return err
}

func user(r db.AuthUser, err error) (identity.User, error) {
	if errors.Is(err, sql.ErrNoRows) {
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

// list is one parameter however many ids: a JSON list of hexadecimal numbers.
func list(ids []id.User) string {
	out := make([]string, len(ids))
	for i, u := range ids {
		out[i] = hex.EncodeToString(u.Bytes())
	}
	text, err := json.Marshal(out)
	if err != nil {
		panic(err) // a list of strings
	}
	return string(text)
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
