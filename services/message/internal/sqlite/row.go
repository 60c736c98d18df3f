package sqlite

import (
	"database/sql"
	"time"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/message/internal/sqlite/db"
	"github.com/lair-chat/lair/services/message/internal/timeline"
)

func insert(m timeline.Message) db.InsertMessageParams {
	return db.InsertMessageParams{
		ConversationID: m.Conversation.UUID, Seq: m.Seq, MessageID: m.ID.UUID, AuthorID: m.Author.UUID,
		RecipientID: m.Recipient.UUID, ClientMsgID: m.ClientMsgID, Digest: m.Digest[:],
		ContentType: m.ContentType, Content: m.Content, CreatedAt: m.CreatedAt.UnixMicro(),
	}
}

func messages(rows []db.MessageMessage) []timeline.Message {
	list := make([]timeline.Message, len(rows))
	for i, row := range rows {
		list[i] = message(row)
	}
	return list
}

func message(r db.MessageMessage) timeline.Message {
	m := timeline.Message{
		ID: id.Message{UUID: r.MessageID}, Conversation: id.Conversation{UUID: r.ConversationID}, Seq: r.Seq,
		Author: id.User{UUID: r.AuthorID}, Recipient: id.User{UUID: r.RecipientID}, ClientMsgID: r.ClientMsgID,
		ContentType: r.ContentType, Content: r.Content, CreatedAt: time.UnixMicro(r.CreatedAt).UTC(),
		EditedAt: moment(r.EditedAt), DeletedAt: moment(r.DeletedAt),
	}
	copy(m.Digest[:], r.Digest)
	return m
}

func moment(us sql.NullInt64) time.Time {
	if !us.Valid {
		return time.Time{}
	}
	return time.UnixMicro(us.Int64).UTC()
}
