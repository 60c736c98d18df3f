package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/auth/internal/identity"
	"github.com/lair-chat/lair/services/auth/internal/sqlite/db"
	journalsqlite "github.com/lair-chat/lair/services/internal/journal/sqlite"
)

// Delete implements identity.Store.
func (s *Store) Delete(ctx context.Context, u id.User, hash string, at time.Time, acts ...identity.Act) (ended []id.Session, ok bool, err error) {
	err = s.update(ctx, func(tx *sql.Tx) error {
		// The head of the user comes before its row.
		if err := journalsqlite.New(tx).EndUser(ctx, u); err != nil {
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
	n := int64(limit)
	if k == identity.RoomKeeper {
		rows, err = s.q.DeletionsForRoom(ctx, s.file.Read, db.DeletionsForRoomParams{After: after.UUID, MaxRows: n})
	} else {
		rows, err = s.q.DeletionsForMessage(ctx, s.file.Read, db.DeletionsForMessageParams{After: after.UUID, MaxRows: n})
	}
	users := make([]id.User, len(rows))
	for i, row := range rows {
		users[i].UUID = row
	}
	return users, err
}

// ConfirmDeletions implements identity.Store.
func (s *Store) ConfirmDeletions(ctx context.Context, k identity.Keeper, users []id.User) error {
	confirm := s.q.ConfirmDeletionByRoom
	if k == identity.MessageKeeper {
		confirm = s.q.ConfirmDeletionByMessage
	}
	return s.update(ctx, func(tx *sql.Tx) error {
		for _, u := range users {
			if err := errors.Join(confirm(ctx, tx, u.UUID), s.q.DropDeletion(ctx, tx, u.UUID)); err != nil {
				return err
			}
		}
		return nil
	})
}
