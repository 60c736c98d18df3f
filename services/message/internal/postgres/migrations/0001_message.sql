-- +goose Up

-- What was said, once. The event that sent a message has the same place.
CREATE TABLE message_message (
	conversation_id uuid        NOT NULL,
	seq             bigint      NOT NULL,
	message_id      uuid        NOT NULL,
	author_id       uuid        NOT NULL,
	recipient_id    uuid        NOT NULL, -- zero in a room
	client_msg_id   text        NOT NULL,
	digest          bytea       NOT NULL, -- of the draft, to tell a repeat from another message
	content_type    text        NOT NULL,
	content         bytea       NOT NULL, -- empty when deleted
	created_at      timestamptz NOT NULL,
	edited_at       timestamptz,
	deleted_at      timestamptz,
	CONSTRAINT message_message_pkey PRIMARY KEY (conversation_id, seq)
);
CREATE UNIQUE INDEX message_message_id ON message_message (message_id);
CREATE UNIQUE INDEX message_message_client ON message_message (conversation_id, author_id, client_msg_id);

-- +goose Down
DROP TABLE message_message;
