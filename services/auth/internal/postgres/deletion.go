package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/auth/internal/identity"
	"github.com/lair-chat/lair/services/auth/internal/postgres/db"
	journalpg "github.com/lair-chat/lair/services/internal/journal/postgres"
)

// Delete implements identity.Store.
func (s *Store) Delete(ctx context.Context, u id.User, hash string, at time.Time, acts ...identity.Act) (ended []id.Session, ok bool, err error) {
	err = s.update(ctx, func(tx pgx.Tx) error {
		// The head of the user comes before its row.
		if err := journalpg.New(tx).EndUser(ctx, u); err != nil {
			return err
		}
		if err := s.keepAdmin(ctx, tx, u, at); err != nil {
			return err
		}
		n, err := s.q.ForgetUser(ctx, tx, db.ForgetUserParams{
			UserID: u.UUID, EmailKey: u.String(), OldPassword: hash, UpdatedAt: stored(at),
		})
		if ok = n > 0; err != nil {
			return err
		}
		if !ok {
			return errStale // which undoes the end
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
	if errors.Is(err, errStale) {
		return nil, false, nil
	}
	return ended, ok && err == nil, err
}

// errStale ends a transaction that was to change a user of another hash.
var errStale = errors.New("the password has changed")

// Deletions implements identity.Store.
func (s *Store) Deletions(ctx context.Context, k identity.Keeper, after id.User, limit int) ([]id.User, error) {
	var rows []id.UUID
	var err error
	n := int32(limit) //nolint:gosec // a page
	if k == identity.RoomKeeper {
		rows, err = s.q.DeletionsForRoom(ctx, s.pool, db.DeletionsForRoomParams{After: after.UUID, MaxRows: n})
	} else {
		rows, err = s.q.DeletionsForMessage(ctx, s.pool, db.DeletionsForMessageParams{After: after.UUID, MaxRows: n})
	}
	users := make([]id.User, len(rows))
	for i, row := range rows {
		users[i].UUID = row
	}
	return users, err
}

// ConfirmDeletions implements identity.Store.
func (s *Store) ConfirmDeletions(ctx context.Context, k identity.Keeper, users []id.User) error {
	// One transaction each: copies of a service that confirm the same users in
	// another order do not wait for each other in a ring.
	for _, u := range users {
		err := s.update(ctx, func(tx pgx.Tx) error {
			err := s.q.ConfirmDeletion(ctx, tx, db.ConfirmDeletionParams{
				UserID: u.UUID, ByRoom: k == identity.RoomKeeper, ByMessage: k == identity.MessageKeeper,
			})
			if err != nil {
				return err
			}
			return s.q.DropDeletion(ctx, tx, u.UUID)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
