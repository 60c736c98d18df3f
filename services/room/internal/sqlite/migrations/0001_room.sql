-- +goose Up

-- Rooms. Who is a member of them is in the journal. Times are microseconds.
CREATE TABLE room_room (
	room_id     BLOB    NOT NULL,
	name        TEXT    NOT NULL,
	name_key    TEXT    NOT NULL, -- the name in lower case, as far as it is ASCII
	owner_id    BLOB    NOT NULL, -- who made it
	description TEXT,
	is_private  INTEGER NOT NULL,
	max_members INTEGER NOT NULL, -- 0 is no limit
	created_at  INTEGER NOT NULL,
	updated_at  INTEGER NOT NULL,
	CONSTRAINT room_room_pkey PRIMARY KEY (room_id),
	CONSTRAINT room_room_name_key UNIQUE (name_key)
) WITHOUT ROWID;

-- +goose Down
DROP TABLE room_room;
