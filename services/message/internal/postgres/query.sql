-- name: MessagesNewest :many
SELECT * FROM message_message
WHERE conversation_id = @conversation_id AND seq >= @first_seq AND seq <= @last_seq
ORDER BY seq DESC LIMIT @max_rows;

-- name: MessagesOldest :many
SELECT * FROM message_message
WHERE conversation_id = @conversation_id AND seq >= @first_seq AND seq <= @last_seq
ORDER BY seq LIMIT @max_rows;

-- name: MessagesAt :many
SELECT * FROM message_message
WHERE conversation_id = @conversation_id AND seq = ANY(@seqs::bigint[]);
