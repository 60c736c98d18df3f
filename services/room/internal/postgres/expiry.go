package postgres

import (
	"context"
	"time"

	"github.com/lair-chat/lair/services/room/internal/membership"
	"github.com/lair-chat/lair/services/room/internal/postgres/db"
)

// ExpiredInvitations implements membership.Store.
func (s *Store) ExpiredInvitations(ctx context.Context, at time.Time, limit int) ([]membership.Invitation, error) {
	n := int32(limit) //nolint:gosec // a batch
	rows, err := s.q.ExpiredInvitations(ctx, s.pool, db.ExpiredInvitationsParams{Now: at, MaxRows: n})
	list := make([]membership.Invitation, len(rows))
	for i, row := range rows {
		list[i] = invitation(row.RoomInvitation, row.Name)
	}
	return list, err
}

func (t tx) PurgeInvitations(ctx context.Context, before time.Time, limit int) (int64, error) {
	n := int32(limit) //nolint:gosec // a batch
	return t.q.PurgeInvitations(ctx, t.conn, db.PurgeInvitationsParams{Before: before, MaxRows: n})
}
