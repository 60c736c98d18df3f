package sqlite

import (
	"context"
	"time"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/message/internal/sqlite/db"
)

func (t tx) ClearReadMarks(ctx context.Context, u id.User, limit int) (int64, error) {
	n := int64(limit)
	return t.q.ClearReadMarks(ctx, t.conn, db.ClearReadMarksParams{UserID: u.UUID, MaxRows: n})
}

func (t tx) ClearMessages(ctx context.Context, c id.Conversation, at time.Time, limit int) (int64, error) {
	n := int64(limit)
	return t.q.ClearMessages(ctx, t.conn, db.ClearMessagesParams{ConversationID: c.UUID, DeletedAt: micros(at), MaxRows: n})
}

func (t tx) PurgeMessages(ctx context.Context, c id.Conversation, limit int) (int64, error) {
	n := int64(limit)
	messages, err := t.q.PurgeMessages(ctx, t.conn, db.PurgeMessagesParams{ConversationID: c.UUID, MaxRows: n})
	if err != nil {
		return messages, err
	}
	marks, err := t.q.PurgeReadMarks(ctx, t.conn, db.PurgeReadMarksParams{ConversationID: c.UUID, MaxRows: n})
	return messages + marks, err
}
