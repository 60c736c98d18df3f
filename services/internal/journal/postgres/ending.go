package postgres

import (
	"context"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal/postgres/db"
)

func (t *tx) EndUser(ctx context.Context, u id.User) error {
	return t.q.EndUser(ctx, t.conn, u.UUID)
}

func (t *tx) ClearBlocks(ctx context.Context, u id.User, limit int) (int64, error) {
	n := int32(limit) //nolint:gosec // a batch
	by, err := t.q.ClearBlocksBy(ctx, t.conn, db.ClearBlocksByParams{UserID: u.UUID, MaxRows: n})
	if err != nil {
		return by, err
	}
	of, err := t.q.ClearBlocksOf(ctx, t.conn, db.ClearBlocksOfParams{UserID: u.UUID, MaxRows: n})
	return by + of, err
}

func (r *reader) UserExists(ctx context.Context, u id.User) (bool, error) {
	n, err := r.q.CountUsers(ctx, r.pool, []id.UUID{u.UUID})
	return n > 0, err
}
