package postgres

import (
	"context"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/room/internal/membership"
	"github.com/lair-chat/lair/services/room/internal/postgres/db"
)

func (t tx) ClearBans(ctx context.Context, u id.User, limit int) (int64, error) {
	n := int32(limit) //nolint:gosec // a batch
	return t.q.ClearBans(ctx, t.conn, db.ClearBansParams{UserID: u.UUID, MaxRows: n})
}

// InvitationsWith implements membership.Store.
func (s *Store) InvitationsWith(ctx context.Context, u id.User, limit int) ([]membership.Invitation, error) {
	n := int32(limit) //nolint:gosec // a batch
	rows, err := s.q.InvitationsWith(ctx, s.pool, db.InvitationsWithParams{UserID: u.UUID, MaxRows: n})
	list := make([]membership.Invitation, len(rows))
	for i, row := range rows {
		list[i] = invitation(row.RoomInvitation, row.Name)
	}
	return list, err
}
