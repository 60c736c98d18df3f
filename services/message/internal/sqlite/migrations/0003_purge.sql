-- +goose Up

-- The marks in a room, to find them when it is purged.
CREATE INDEX message_read_conversation ON message_read (conversation_id);

-- +goose Down
DROP INDEX message_read_conversation;
