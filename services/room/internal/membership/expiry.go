package membership

import (
	"context"
	"errors"
	"time"
)

// keepInvitations is how long an invitation is kept that was settled.
const keepInvitations = 90 * 24 * time.Hour

// maxExpired bounds the invitations of one round: each takes the head of a room.
const maxExpired = 1000

// PurgeInvitations lets pending invitations expire whose time has passed, tells
// both people, and removes those that were settled long ago. It may be called by
// several at once.
func (s *Rooms) PurgeInvitations(ctx context.Context) error {
	list, err := s.Store.ExpiredInvitations(ctx, s.now(), maxExpired)
	if err != nil {
		return err
	}
	for _, found := range list {
		err := s.act(ctx, found.Inviter, found.Room, func(a *act) error {
			i, err := a.tx.Invitation(ctx, found.ID)
			if err != nil || i.Status != Pending {
				return err
			}
			return a.settle(ctx, i, Expired)
		})
		// A room that was deleted meanwhile took its invitations along.
		if err != nil && !errors.Is(err, ErrNotFound) && !errors.Is(err, ErrNoInvitation) {
			return err
		}
	}
	before := s.now().Add(-keepInvitations)
	return s.clear(ctx, func(tx Tx) (int64, error) { return tx.PurgeInvitations(ctx, before, batch) })
}
