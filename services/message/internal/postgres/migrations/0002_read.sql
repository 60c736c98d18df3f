-- +goose Up

-- How far users have read.
CREATE TABLE message_read (
	user_id         uuid   NOT NULL,
	conversation_id uuid   NOT NULL,
	seq             bigint NOT NULL,
	CONSTRAINT message_read_pkey PRIMARY KEY (user_id, conversation_id)
);

-- What may be unread. Counting looks at no content.
CREATE INDEX message_message_live ON message_message (conversation_id, seq) INCLUDE (author_id) WHERE deleted_at IS NULL;

-- +goose Down
DROP INDEX message_message_live;
DROP TABLE message_read;
