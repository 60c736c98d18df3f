-- name: InsertRoom :exec
INSERT INTO room_room (room_id, name, name_key, owner_id, description, is_private, max_members, created_at, updated_at)
VALUES (@room_id, @name, @name_key, @owner_id, @description, @is_private, @max_members, @created_at, @created_at);

-- name: Room :one
SELECT * FROM room_room WHERE room_id = @room_id;

-- name: Rooms :many
-- Rooms by name: the public ones and those in mine, or one of both.
SELECT * FROM room_room
WHERE ((is_private = 0 AND CAST(@mine_only AS INTEGER) = 0) OR room_id IN (SELECT unhex(value) FROM json_each(CAST(@mine AS TEXT))))
	AND (is_private = 0 OR CAST(@public_only AS INTEGER) = 0)
	AND instr(name_key, CAST(@search AS TEXT)) > 0
ORDER BY name_key LIMIT @max_rows OFFSET @skip_rows;

-- name: CountRooms :one
SELECT count(*) FROM room_room
WHERE ((is_private = 0 AND CAST(@mine_only AS INTEGER) = 0) OR room_id IN (SELECT unhex(value) FROM json_each(CAST(@mine AS TEXT))))
	AND (is_private = 0 OR CAST(@public_only AS INTEGER) = 0)
	AND instr(name_key, CAST(@search AS TEXT)) > 0;
