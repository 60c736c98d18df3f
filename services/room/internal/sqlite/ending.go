package sqlite

import (
	"context"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/room/internal/membership"
)

func (t tx) PendingTo(ctx context.Context, r id.Room) ([]membership.Invitation, error) {
	rows, err := t.q.AllPendingInvitationsTo(ctx, t.conn, r.UUID)
	list := make([]membership.Invitation, len(rows))
	for i, row := range rows {
		list[i] = invitation(row.RoomInvitation, row.Name)
	}
	return list, err
}
