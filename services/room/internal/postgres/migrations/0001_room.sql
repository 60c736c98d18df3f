-- +goose Up

-- Rooms. Who is a member of them is in the journal.
CREATE TABLE room_room (
	room_id     uuid        NOT NULL,
	name        text        NOT NULL,
	name_key    text        COLLATE "C" NOT NULL, -- the name in lower case, as far as it is ASCII
	owner_id    uuid        NOT NULL, -- who made it
	description text,
	is_private  boolean     NOT NULL,
	max_members bigint      NOT NULL, -- 0 is no limit
	created_at  timestamptz NOT NULL,
	updated_at  timestamptz NOT NULL,
	CONSTRAINT room_room_pkey PRIMARY KEY (room_id),
	CONSTRAINT room_room_name_key UNIQUE (name_key)
);

-- +goose Down
DROP TABLE room_room;
