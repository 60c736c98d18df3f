-- +goose Up

-- Only moderators and owners may send. The head in the journal says so, too:
-- this is for showing it.
ALTER TABLE room_room ADD COLUMN is_moderated INTEGER NOT NULL DEFAULT 0;

-- Invitations to rooms. They are written by who holds the head of the room.
CREATE TABLE room_invitation (
	invitation_id BLOB    NOT NULL,
	room_id       BLOB    NOT NULL,
	inviter_id    BLOB    NOT NULL,
	invitee_id    BLOB    NOT NULL,
	status        INTEGER NOT NULL, -- 1 pending, 2 accepted, 3 declined, 4 cancelled, 5 expired
	created_at    INTEGER NOT NULL,
	expires_at    INTEGER NOT NULL,
	responded_at  INTEGER NOT NULL, -- 0 while it is pending
	CONSTRAINT room_invitation_pkey PRIMARY KEY (invitation_id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX room_invitation_pending ON room_invitation (invitee_id, room_id) WHERE status = 1;
CREATE INDEX room_invitation_room ON room_invitation (room_id);

-- Who may not come in.
CREATE TABLE room_ban (
	room_id    BLOB    NOT NULL,
	user_id    BLOB    NOT NULL,
	by_id      BLOB    NOT NULL,
	created_at INTEGER NOT NULL,
	CONSTRAINT room_ban_pkey PRIMARY KEY (room_id, user_id)
) WITHOUT ROWID;

-- +goose Down
DROP TABLE room_ban;
DROP TABLE room_invitation;
ALTER TABLE room_room DROP COLUMN is_moderated;
