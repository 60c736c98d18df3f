-- name: InsertRoom :exec
INSERT INTO room_room (room_id, name, name_key, owner_id, description, is_private, max_members, is_moderated, created_at, updated_at)
VALUES (@room_id, @name, @name_key, @owner_id, @description, @is_private, @max_members, @is_moderated, @created_at, @created_at);

-- name: Room :one
SELECT * FROM room_room WHERE room_id = @room_id;

-- name: Rooms :many
-- Rooms by name: the public ones and those in mine, or one of both.
SELECT * FROM room_room
WHERE ((NOT is_private AND NOT @mine_only::boolean) OR room_id = ANY(@mine::uuid[]))
	AND (NOT is_private OR NOT @public_only::boolean)
	AND strpos(name_key, @search) > 0
	AND name_key > @after
ORDER BY name_key LIMIT @max_rows OFFSET @skip_rows;

-- name: CountRooms :one
SELECT count(*) FROM room_room
WHERE ((NOT is_private AND NOT @mine_only::boolean) OR room_id = ANY(@mine::uuid[]))
	AND (NOT is_private OR NOT @public_only::boolean)
	AND strpos(name_key, @search) > 0;

-- name: UpdateRoom :exec
UPDATE room_room SET name = @name, name_key = @name_key, owner_id = @owner_id, description = @description,
	is_private = @is_private, max_members = @max_members, is_moderated = @is_moderated, updated_at = @updated_at
WHERE room_id = @room_id;

-- name: DeleteRoom :exec
DELETE FROM room_room WHERE room_id = @room_id;

-- name: DeleteInvitations :exec
DELETE FROM room_invitation WHERE room_id = @room_id;

-- name: DeleteBans :exec
DELETE FROM room_ban WHERE room_id = @room_id;

-- name: PutInvitation :exec
INSERT INTO room_invitation (invitation_id, room_id, inviter_id, invitee_id, status, created_at, expires_at, responded_at)
VALUES (@invitation_id, @room_id, @inviter_id, @invitee_id, @status, @created_at, @expires_at, @responded_at)
ON CONFLICT (invitation_id) DO UPDATE SET status = excluded.status, responded_at = excluded.responded_at;

-- name: Invitation :one
SELECT sqlc.embed(i), r.name FROM room_invitation i JOIN room_room r ON r.room_id = i.room_id
WHERE i.invitation_id = @invitation_id;

-- name: PendingInvitation :one
SELECT sqlc.embed(i), r.name FROM room_invitation i JOIN room_room r ON r.room_id = i.room_id
WHERE i.room_id = @room_id AND i.invitee_id = @invitee_id AND i.status = 1;

-- name: PendingInvitations :many
SELECT sqlc.embed(i), r.name FROM room_invitation i JOIN room_room r ON r.room_id = i.room_id
WHERE i.invitee_id = @invitee_id AND i.status = 1 AND i.expires_at > @now
ORDER BY i.created_at DESC, i.invitation_id DESC LIMIT @max_rows OFFSET @skip_rows;

-- name: PendingInvitationsOf :many
-- Of a room.
SELECT sqlc.embed(i), r.name FROM room_invitation i JOIN room_room r ON r.room_id = i.room_id
WHERE i.room_id = @room_id AND i.status = 1 AND i.expires_at > @now
ORDER BY i.created_at DESC, i.invitation_id DESC LIMIT @max_rows OFFSET @skip_rows;

-- name: PutBan :exec
INSERT INTO room_ban (room_id, user_id, by_id, created_at) VALUES (@room_id, @user_id, @by_id, @created_at)
ON CONFLICT (room_id, user_id) DO NOTHING;

-- name: DeleteBan :exec
DELETE FROM room_ban WHERE room_id = @room_id AND user_id = @user_id;

-- name: Ban :one
SELECT count(*) FROM room_ban WHERE room_id = @room_id AND user_id = @user_id;

-- name: Bans :many
SELECT * FROM room_ban WHERE room_id = @room_id ORDER BY created_at DESC, user_id;

-- name: InvitationsWith :many
SELECT sqlc.embed(i), r.name FROM room_invitation i JOIN room_room r ON r.room_id = i.room_id
WHERE (i.inviter_id = @user_id OR i.invitee_id = @user_id) AND i.status = 1
ORDER BY i.invitation_id LIMIT @max_rows;

-- name: ClearBans :execrows
DELETE FROM room_ban WHERE room_ban.user_id = @user_id AND room_ban.room_id IN (
	SELECT b.room_id FROM room_ban b WHERE b.user_id = @user_id LIMIT @max_rows
);

-- name: ExpiredInvitations :many
SELECT sqlc.embed(i), r.name FROM room_invitation i JOIN room_room r ON r.room_id = i.room_id
WHERE i.status = 1 AND i.expires_at <= @now ORDER BY i.expires_at, i.invitation_id LIMIT @max_rows;

-- name: PurgeInvitations :execrows
DELETE FROM room_invitation WHERE room_invitation.invitation_id IN (
	SELECT i.invitation_id FROM room_invitation i WHERE i.status <> 1 AND i.responded_at < @before
	ORDER BY i.responded_at LIMIT @max_rows
);

-- name: AllPendingInvitationsTo :many
-- To a room that is to end, also those whose time has passed.
SELECT sqlc.embed(i), r.name FROM room_invitation i JOIN room_room r ON r.room_id = i.room_id
WHERE i.room_id = @room_id AND i.status = 1 ORDER BY i.invitation_id;
