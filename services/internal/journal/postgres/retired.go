package postgres

import (
	"context"
	"time"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
	"github.com/lair-chat/lair/services/internal/journal/postgres/db"
)

func (t *tx) Retire(ctx context.Context, h *journal.Head, at time.Time) error {
	h.Deleted = true
	if err := t.SetHead(ctx, h); err != nil {
		return err
	}
	if err := t.EndMembers(ctx, h); err != nil {
		return err
	}
	return t.q.InsertRetired(ctx, t.conn, db.InsertRetiredParams{ConversationID: h.Conversation.UUID, DeletedAt: at})
}

func (t *tx) CloseLog(ctx context.Context, h *journal.Head) error {
	err := t.q.CloseLog(ctx, t.conn, h.Conversation.UUID)
	if err == nil {
		h.First = h.Seq + 1
	}
	return err
}

func (t *tx) PurgeLog(ctx context.Context, h *journal.Head, limit int) (int64, error) {
	if err := t.CloseLog(ctx, h); err != nil {
		return 0, err
	}
	c, n := h.Conversation.UUID, int32(limit) //nolint:gosec // a batch
	members, err := t.q.PurgeMembers(ctx, t.conn, db.PurgeMembersParams{ConversationID: c, MaxRows: n})
	if err != nil {
		return members, err
	}
	events, err := t.q.PurgeEvents(ctx, t.conn, db.PurgeEventsParams{ConversationID: c, MaxRows: n})
	return members + events, err
}

func (t *tx) Purged(ctx context.Context, h *journal.Head, p journal.Part) error {
	gone := t.q.LogIsGone
	if p == journal.Messages {
		gone = t.q.MessagesAreGone
	}
	if err := gone(ctx, t.conn, h.Conversation.UUID); err != nil {
		return err
	}
	return t.q.DeleteRetired(ctx, t.conn, h.Conversation.UUID)
}

func (r *reader) Retired(ctx context.Context, p journal.Part, before time.Time, limit int) ([]id.Conversation, error) {
	var rows []id.UUID
	var err error
	n := int32(limit) //nolint:gosec // a batch
	if p == journal.Messages {
		rows, err = r.q.RetiredMessages(ctx, r.pool, db.RetiredMessagesParams{Before: before, MaxRows: n})
	} else {
		rows, err = r.q.RetiredLogs(ctx, r.pool, db.RetiredLogsParams{Before: before, MaxRows: n})
	}
	list := make([]id.Conversation, len(rows))
	for i, row := range rows {
		list[i].UUID = row
	}
	return list, err
}
