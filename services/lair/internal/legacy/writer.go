package legacy

import (
	"context"

	"github.com/lair-chat/lair/pkg/id"
)

// The columns that are written, of each table.
var columns = map[string][]string{
	"auth_user": {
		"user_id", "username", "username_key", "email", "email_key", "password", "role", "created_at", "updated_at",
		"display_name", "banned_until", "ban_reason", "deleted", "key_form",
	},
	"room_room": {
		"room_id", "name", "name_key", "owner_id", "description", "is_private", "max_members", "created_at", "updated_at", "is_moderated",
	},
	"room_invitation": {
		"invitation_id", "room_id", "inviter_id", "invitee_id", "status", "created_at", "expires_at", "responded_at",
	},
	"journal_conversation": {"conversation_id", "kind", "seq", "first_seq", "moderated", "deleted"},
	"journal_member": {
		"conversation_id", "user_id", "role", "joined_at", "joined_seq", "left_seq", "muted_until", "peer_id",
	},
	"journal_event":      {"conversation_id", "seq", "at", "actor_id", "message_id", "body"},
	"journal_user":       {"user_id", "seq", "first_seq", "deleted"},
	"journal_user_event": {"user_id", "seq", "at", "body"},
	"message_message": {
		"conversation_id", "seq", "message_id", "author_id", "recipient_id", "client_msg_id", "digest", "content_type",
		"content", "created_at", "edited_at", "deleted_at",
	},
	"message_read": {"user_id", "conversation_id", "seq"},
}

// batch is how many rows of a table are written at once.
const batch = 2000

// put keeps a row until there are many.
func (im *importer) put(ctx context.Context, table string, row ...any) error {
	for i, v := range row {
		if u, ok := v.(id.UUID); ok {
			row[i] = u.Bytes()
		}
	}
	im.rows[table] = append(im.rows[table], row)
	if len(im.rows[table]) < batch {
		return nil
	}
	return im.flush(ctx, table)
}

func (im *importer) flush(ctx context.Context, table string) error {
	rows := im.rows[table]
	delete(im.rows, table)
	if len(rows) == 0 {
		return nil
	}
	return im.target.insert(ctx, table, columns[table], rows)
}

// conversation returns the head of a conversation, which is made if it is not there.
func (im *importer) conversation(c id.UUID, kind int64) *head {
	h := im.state.conversations[c]
	if h == nil {
		h = &head{seq: im.state.base, kind: kind, fresh: true, changed: true}
		im.state.conversations[c] = h
	}
	return h
}

// append writes the next event of a conversation.
func (im *importer) append(ctx context.Context, c id.UUID, h *head, at int64, actor, message id.UUID, body []byte) (int64, error) {
	h.seq++
	h.changed = true
	return h.seq, im.put(ctx, "journal_event", c, h.seq, at, actor, message, body)
}

// tell writes the next event of a user's own sequence.
func (im *importer) tell(ctx context.Context, u id.UUID, at int64, body []byte) error {
	h := im.state.users[u]
	h.seq++
	h.changed = true
	return im.put(ctx, "journal_user_event", u, h.seq, at, body)
}

// heads writes where sequences stand now, and everything that waits.
func (im *importer) heads(ctx context.Context) error {
	for c, h := range im.state.conversations {
		var err error
		switch {
		case h.fresh:
			err = im.put(ctx, "journal_conversation", c, h.kind, h.seq, im.state.base+1, int64(0), int64(0))
		case h.changed:
			err = im.target.update(ctx, "UPDATE journal_conversation SET seq = ? WHERE conversation_id = ?", h.seq, c.Bytes())
		}
		if err != nil {
			return err
		}
	}
	for u, h := range im.state.users {
		var err error
		switch {
		case h.fresh:
			err = im.put(ctx, "journal_user", u, h.seq, im.state.base+1, int64(0))
		case h.changed:
			err = im.target.update(ctx, "UPDATE journal_user SET seq = ? WHERE user_id = ?", h.seq, u.Bytes())
		}
		if err != nil {
			return err
		}
	}
	// What was imported has been read: it is no news.
	for p, m := range im.state.members {
		if m.added {
			if err := im.put(ctx, "message_read", p.user, p.conversation, im.state.conversations[p.conversation].seq); err != nil {
				return err
			}
		}
	}
	for table := range columns {
		if err := im.flush(ctx, table); err != nil {
			return err
		}
	}
	return nil
}
