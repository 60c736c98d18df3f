-- +goose Up

-- How far users have read.
CREATE TABLE message_read (
	user_id         BLOB    NOT NULL,
	conversation_id BLOB    NOT NULL,
	seq             INTEGER NOT NULL,
	PRIMARY KEY (user_id, conversation_id)
) STRICT, WITHOUT ROWID;

-- What may be unread. Counting looks at no content.
CREATE INDEX message_message_live ON message_message (conversation_id, seq, author_id) WHERE deleted_at IS NULL;

-- +goose Down
DROP INDEX message_message_live;
DROP TABLE message_read;
