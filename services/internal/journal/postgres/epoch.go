package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/lair-chat/lair/services/internal/journal"
	"github.com/lair-chat/lair/services/internal/journal/postgres/db"
)

// BeginEpoch moves all sequences on by journal.Step, which is to be done after a
// backup was restored and before anybody serves it.
func BeginEpoch(ctx context.Context, conn pgx.Tx) error {
	q := db.New()
	for _, move := range []func(context.Context, db.DBTX, int64) error{q.MoveBase, q.MoveConversations, q.MoveUsers} {
		if err := move(ctx, conn, journal.Step); err != nil {
			return err
		}
	}
	if err := q.CloseConversations(ctx, conn); err != nil {
		return err
	}
	return q.CloseUsers(ctx, conn)
}

// First implements journal.Reader.
func (r *reader) First(ctx context.Context) (int64, error) {
	base, err := r.q.Base(ctx, r.pool)
	return base + 1, err
}
