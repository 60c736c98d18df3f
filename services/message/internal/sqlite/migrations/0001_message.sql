-- +goose Up

-- What was said, once. The event that sent a message has the same place.
-- Times are microseconds since 1970.
CREATE TABLE message_message (
	conversation_id BLOB    NOT NULL,
	seq             INTEGER NOT NULL,
	message_id      BLOB    NOT NULL,
	author_id       BLOB    NOT NULL,
	recipient_id    BLOB    NOT NULL, -- zero in a room
	client_msg_id   TEXT    NOT NULL,
	digest          BLOB    NOT NULL, -- of the draft, to tell a repeat from another message
	content_type    TEXT    NOT NULL,
	content         BLOB    NOT NULL, -- empty when deleted
	created_at      INTEGER NOT NULL,
	edited_at       INTEGER,
	deleted_at      INTEGER,
	PRIMARY KEY (conversation_id, seq)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX message_message_id ON message_message (message_id);
CREATE UNIQUE INDEX message_message_client ON message_message (conversation_id, author_id, client_msg_id);

-- +goose Down
DROP TABLE message_message;
