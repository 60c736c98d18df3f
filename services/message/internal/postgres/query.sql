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
WHERE conversation_id = @conversation_id AND seq = ANY(@seqs::bigint[]);

-- name: MessagesByID :many
SELECT * FROM message_message WHERE message_id = ANY(@message_ids::uuid[]);

-- name: Message :one
SELECT * FROM message_message WHERE message_id = @message_id;

-- name: UpdateMessage :exec
UPDATE message_message
SET content_type = @content_type, content = @content, edited_at = @edited_at, deleted_at = @deleted_at
WHERE message_id = @message_id;

-- name: ReadMark :one
SELECT seq FROM message_read WHERE user_id = @user_id AND conversation_id = @conversation_id;

-- name: ReadMarks :many
SELECT conversation_id, seq FROM message_read WHERE user_id = @user_id;

-- name: AdvanceReadMark :execrows
-- A mark never goes back.
INSERT INTO message_read (user_id, conversation_id, seq) VALUES (@user_id, @conversation_id, @seq)
ON CONFLICT (user_id, conversation_id) DO UPDATE SET seq = excluded.seq WHERE message_read.seq < excluded.seq;

-- name: ClearReadMarks :execrows
DELETE FROM message_read WHERE message_read.user_id = @user_id AND message_read.conversation_id IN (
	SELECT r.conversation_id FROM message_read r WHERE r.user_id = @user_id LIMIT @max_rows
);

-- name: ClearMessages :execrows
UPDATE message_message SET content = '', deleted_at = @deleted_at
WHERE message_message.conversation_id = @conversation_id AND message_message.seq IN (
	SELECT m.seq FROM message_message m WHERE m.conversation_id = @conversation_id AND m.deleted_at IS NULL
	ORDER BY m.seq LIMIT @max_rows
);

-- name: PurgeMessages :execrows
DELETE FROM message_message WHERE message_message.conversation_id = @conversation_id AND message_message.seq IN (
	SELECT m.seq FROM message_message m WHERE m.conversation_id = @conversation_id ORDER BY m.seq LIMIT @max_rows
);

-- name: PurgeReadMarks :execrows
DELETE FROM message_read WHERE message_read.conversation_id = @conversation_id AND message_read.user_id IN (
	SELECT r.user_id FROM message_read r WHERE r.conversation_id = @conversation_id LIMIT @max_rows
);
