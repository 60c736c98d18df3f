package sqlite

import (
	"context"
	"time"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
	"github.com/lair-chat/lair/services/internal/journal/sqlite/db"
)

func (r *reader) MemberPage(ctx context.Context, c id.Conversation, limit, offset int) ([]journal.Member, error) {
	rows, err := r.q.MemberPage(ctx, r.conn, db.MemberPageParams{
		ConversationID: c.UUID, SkipRows: int64(offset), MaxRows: int64(limit),
	})
	members := make([]journal.Member, len(rows))
	for i, row := range rows {
		members[i] = member(row)
	}
	return members, err
}

func (r *reader) Blocks(ctx context.Context, by id.User, limit, offset int) ([]journal.Block, error) {
	rows, err := r.q.Blocks(ctx, r.conn, db.BlocksParams{
		BlockerID: by.UUID, SkipRows: int64(offset), MaxRows: int64(limit),
	})
	blocks := make([]journal.Block, len(rows))
	for i, row := range rows {
		blocks[i] = journal.Block{By: by, User: id.User{UUID: row.BlockedID}}
		if at := time.UnixMicro(row.BlockedAt).UTC(); !at.Equal(time.Unix(0, 0)) { // 1970 is the default of old rows
			blocks[i].At = at
		}
	}
	return blocks, err
}
