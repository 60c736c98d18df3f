package postgres

import (
	"context"
	"time"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
	"github.com/lair-chat/lair/services/internal/journal/postgres/db"
)

func (r *reader) MemberPage(ctx context.Context, c id.Conversation, limit, offset int) ([]journal.Member, error) {
	rows, err := r.q.MemberPage(ctx, r.pool, db.MemberPageParams{
		ConversationID: c.UUID, SkipRows: int32(offset), MaxRows: int32(limit), //nolint:gosec // pages
	})
	members := make([]journal.Member, len(rows))
	for i, row := range rows {
		members[i] = member(row)
	}
	return members, err
}

func (r *reader) Blocks(ctx context.Context, by id.User, limit, offset int) ([]journal.Block, error) {
	rows, err := r.q.Blocks(ctx, r.pool, db.BlocksParams{
		BlockerID: by.UUID, SkipRows: int32(offset), MaxRows: int32(limit), //nolint:gosec // pages
	})
	blocks := make([]journal.Block, len(rows))
	for i, row := range rows {
		blocks[i] = journal.Block{By: by, User: id.User{UUID: row.BlockedID}}
		if at := row.BlockedAt.UTC(); !at.Equal(time.Unix(0, 0)) { // 1970 is the default of old rows
			blocks[i].At = at
		}
	}
	return blocks, err
}
