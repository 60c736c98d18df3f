-- name: InsertUser :exec
INSERT INTO journal_user (user_id, seq, first_seq) SELECT @user_id::uuid, e.base, e.base + 1 FROM journal_epoch e;

-- name: CountUsers :one
SELECT count(*) FROM journal_user WHERE user_id = ANY(@user_ids::uuid[]) AND NOT deleted;

-- name: InsertConversation :exec
-- Somebody else may be making the same direct conversation at this moment.
INSERT INTO journal_conversation (conversation_id, kind, seq, first_seq, moderated, deleted)
SELECT @conversation_id::uuid, @kind::smallint, e.base, e.base + 1, false, false FROM journal_epoch e WHERE true
ON CONFLICT DO NOTHING;

-- name: LockConversation :one
SELECT * FROM journal_conversation WHERE conversation_id = @conversation_id FOR UPDATE;

-- name: UpdateConversation :exec
UPDATE journal_conversation SET moderated = @moderated, deleted = @deleted
WHERE conversation_id = @conversation_id;

-- name: AdvanceConversation :exec
UPDATE journal_conversation SET seq = @seq WHERE conversation_id = @conversation_id;

-- name: InsertEvent :exec
INSERT INTO journal_event (conversation_id, seq, at, actor_id, message_id, body)
VALUES (@conversation_id, @seq, @at, @actor_id, @message_id, @body);

-- name: AdvanceUser :one
UPDATE journal_user SET seq = seq + 1 WHERE user_id = @user_id AND NOT deleted RETURNING seq;

-- name: EndUser :exec
UPDATE journal_user SET deleted = true WHERE user_id = @user_id AND NOT deleted;

-- name: InsertUserEvent :exec
INSERT INTO journal_user_event (user_id, seq, at, body) VALUES (@user_id, @seq, @at, @body);

-- name: PutMember :exec
INSERT INTO journal_member (conversation_id, user_id, role, joined_at, joined_seq, left_seq, muted_until, peer_id)
VALUES (@conversation_id, @user_id, @role, @joined_at, @joined_seq, @left_seq, @muted_until, @peer_id)
ON CONFLICT (conversation_id, user_id) DO UPDATE SET
	role = excluded.role, joined_at = excluded.joined_at, joined_seq = excluded.joined_seq,
	left_seq = excluded.left_seq, muted_until = excluded.muted_until, peer_id = excluded.peer_id;

-- name: PutBlock :exec
INSERT INTO journal_block (blocker_id, blocked_id, blocked_at) VALUES (@blocker_id, @blocked_id, @blocked_at) ON CONFLICT DO NOTHING;

-- name: DeleteBlock :exec
DELETE FROM journal_block WHERE blocker_id = @blocker_id AND blocked_id = @blocked_id;

-- name: ClearBlocksBy :execrows
DELETE FROM journal_block WHERE journal_block.blocker_id = @user_id AND journal_block.blocked_id IN (
	SELECT b.blocked_id FROM journal_block b WHERE b.blocker_id = @user_id LIMIT @max_rows
);

-- name: ClearBlocksOf :execrows
DELETE FROM journal_block WHERE journal_block.blocked_id = @user_id AND journal_block.blocker_id IN (
	SELECT b.blocker_id FROM journal_block b WHERE b.blocked_id = @user_id LIMIT @max_rows
);
-- name: Blocks :many
-- The newest first.
SELECT * FROM journal_block WHERE blocker_id = @blocker_id
ORDER BY blocked_at DESC, blocked_id LIMIT @max_rows OFFSET @skip_rows;

-- name: Block :one
SELECT count(*) FROM journal_block WHERE blocker_id = @blocker_id AND blocked_id = @blocked_id;

-- name: Conversation :one
SELECT * FROM journal_conversation WHERE conversation_id = @conversation_id;

-- name: ConversationHeads :many
SELECT conversation_id, seq FROM journal_conversation WHERE conversation_id = ANY(@conversation_ids::uuid[]);

-- name: UserHeads :many
SELECT user_id, seq FROM journal_user WHERE user_id = ANY(@user_ids::uuid[]);

-- name: Events :many
SELECT * FROM journal_event WHERE conversation_id = @conversation_id AND seq > @after
ORDER BY seq LIMIT @max_rows;

-- name: User :one
SELECT * FROM journal_user WHERE user_id = @user_id;

-- name: UserEvents :many
SELECT * FROM journal_user_event WHERE user_id = @user_id AND seq > @after
ORDER BY seq LIMIT @max_rows;

-- name: Member :one
SELECT * FROM journal_member WHERE conversation_id = @conversation_id AND user_id = @user_id;

-- name: Members :many
SELECT * FROM journal_member WHERE conversation_id = @conversation_id AND left_seq = 0
ORDER BY role DESC, joined_at, user_id;

-- name: MemberPage :many
SELECT * FROM journal_member WHERE conversation_id = @conversation_id AND left_seq = 0
ORDER BY role DESC, joined_at, user_id LIMIT @max_rows OFFSET @skip_rows;

-- name: Memberships :many
SELECT sqlc.embed(m), sqlc.embed(c) FROM journal_member m
JOIN journal_conversation c ON c.conversation_id = m.conversation_id
WHERE m.user_id = @user_id;

-- name: MemberCounts :many
SELECT conversation_id, count(*) AS members FROM journal_member
WHERE conversation_id = ANY(@conversation_ids::uuid[]) AND left_seq = 0
GROUP BY conversation_id;

-- name: EndMembers :exec
UPDATE journal_member SET left_seq = @left_seq WHERE conversation_id = @conversation_id AND left_seq = 0;

-- name: InsertRetired :exec
INSERT INTO journal_retired (conversation_id, deleted_at, log_gone, messages_gone)
VALUES (@conversation_id, @deleted_at, false, false) ON CONFLICT DO NOTHING;

-- name: RetiredLogs :many
SELECT conversation_id FROM journal_retired WHERE deleted_at < @before AND NOT log_gone
ORDER BY deleted_at, conversation_id LIMIT @max_rows;

-- name: RetiredMessages :many
SELECT conversation_id FROM journal_retired WHERE deleted_at < @before AND NOT messages_gone
ORDER BY deleted_at, conversation_id LIMIT @max_rows;

-- name: LogIsGone :exec
UPDATE journal_retired SET log_gone = true WHERE conversation_id = @conversation_id;

-- name: MessagesAreGone :exec
UPDATE journal_retired SET messages_gone = true WHERE conversation_id = @conversation_id;

-- name: DeleteRetired :exec
DELETE FROM journal_retired WHERE conversation_id = @conversation_id AND log_gone AND messages_gone;

-- name: CloseLog :exec
UPDATE journal_conversation SET first_seq = seq + 1 WHERE conversation_id = @conversation_id AND first_seq <= seq;

-- name: PurgeMembers :execrows
DELETE FROM journal_member WHERE journal_member.conversation_id = @conversation_id AND journal_member.user_id IN (
	SELECT m.user_id FROM journal_member m WHERE m.conversation_id = @conversation_id ORDER BY m.user_id LIMIT @max_rows
);

-- name: PurgeEvents :execrows
DELETE FROM journal_event WHERE journal_event.conversation_id = @conversation_id AND journal_event.seq IN (
	SELECT e.seq FROM journal_event e WHERE e.conversation_id = @conversation_id ORDER BY e.seq LIMIT @max_rows
);

-- name: Base :one
SELECT base FROM journal_epoch;

-- name: MoveBase :exec
UPDATE journal_epoch SET base = base + @step;

-- name: MoveConversations :exec
UPDATE journal_conversation SET seq = seq + @step WHERE NOT deleted;

-- name: MoveUsers :exec
UPDATE journal_user SET seq = seq + @step WHERE NOT deleted;

-- name: CloseConversations :exec
UPDATE journal_conversation SET first_seq = seq + 1 WHERE NOT deleted;

-- name: CloseUsers :exec
UPDATE journal_user SET first_seq = seq + 1 WHERE NOT deleted;
