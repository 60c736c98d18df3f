-- name: InsertRoom :exec
INSERT INTO room_room (room_id, name, name_key, owner_id, description, is_private, max_members, created_at, updated_at)
VALUES (@room_id, @name, @name_key, @owner_id, @description, @is_private, @max_members, @created_at, @created_at);

-- name: Room :one
SELECT * FROM room_room WHERE room_id = @room_id;

-- name: Rooms :many
-- Rooms by name: the public ones and those in mine, or one of both.
SELECT * FROM room_room
WHERE ((NOT is_private AND NOT @mine_only::boolean) OR room_id = ANY(@mine::uuid[]))
	AND (NOT is_private OR NOT @public_only::boolean)
	AND strpos(name_key, @search) > 0
ORDER BY name_key LIMIT @max_rows OFFSET @skip_rows;

-- name: CountRooms :one
SELECT count(*) FROM room_room
WHERE ((NOT is_private AND NOT @mine_only::boolean) OR room_id = ANY(@mine::uuid[]))
	AND (NOT is_private OR NOT @public_only::boolean)
	AND strpos(name_key, @search) > 0;
