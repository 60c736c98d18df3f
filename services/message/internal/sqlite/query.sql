-- name: MessagesNewest :many
SELECT * FROM message_message
WHERE conversation_id = @conversation_id AND seq >= @first_seq AND seq <= @last_seq AND deleted_at IS NULL
ORDER BY seq DESC LIMIT @max_rows;

-- name: MessagesOldest :many
SELECT * FROM message_message
WHERE conversation_id = @conversation_id AND seq >= @first_seq AND seq <= @last_seq AND deleted_at IS NULL
ORDER BY seq LIMIT @max_rows;

-- name: MessagesAt :many
SELECT * FROM message_message
WHERE conversation_id = @conversation_id AND seq IN (sqlc.slice('seqs'));

-- name: MessageByClientID :one
SELECT * FROM message_message
WHERE conversation_id = @conversation_id AND author_id = @author_id AND client_msg_id = @client_msg_id;

-- name: InsertMessage :exec
INSERT INTO message_message (
	conversation_id, seq, message_id, author_id, recipient_id, client_msg_id, digest, content_type, content, created_at
) VALUES (
	@conversation_id, @seq, @message_id, @author_id, @recipient_id, @client_msg_id, @digest, @content_type, @content, @created_at
);

-- name: MessagesByID :many
SELECT * FROM message_message WHERE message_id IN (sqlc.slice('message_ids'));

-- name: Message :one
SELECT * FROM message_message WHERE message_id = @message_id;

-- name: UpdateMessage :exec
UPDATE message_message
SET content_type = @content_type, content = @content, edited_at = @edited_at, deleted_at = @deleted_at
WHERE message_id = @message_id;
