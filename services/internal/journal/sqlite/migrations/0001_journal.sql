-- +goose Up

-- The head of a conversation. Writers of the file take turns anyway; the row
-- holds the next place in the sequence.
CREATE TABLE journal_conversation (
	conversation_id BLOB    NOT NULL PRIMARY KEY,
	kind            INTEGER NOT NULL, -- 1 room, 2 direct
	seq             INTEGER NOT NULL, -- of the newest event, 0 if there is none
	first_seq       INTEGER NOT NULL, -- of the oldest event that is kept
	moderated       INTEGER NOT NULL,
	deleted         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One row for each user that is or was part of a conversation.
CREATE TABLE journal_member (
	conversation_id BLOB    NOT NULL,
	user_id         BLOB    NOT NULL,
	role            INTEGER NOT NULL, -- 1 member, 2 moderator, 3 owner
	joined_at       INTEGER NOT NULL, -- microseconds since 1970, as every time here
	joined_seq      INTEGER NOT NULL,
	left_seq        INTEGER NOT NULL, -- 0 while the user is a member
	muted_until     INTEGER NOT NULL, -- 0 if not muted
	peer_id         BLOB    NOT NULL, -- the other one of a direct conversation, or zero
	PRIMARY KEY (conversation_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX journal_member_user ON journal_member (user_id);

CREATE TABLE journal_block (
	blocker_id BLOB NOT NULL,
	blocked_id BLOB NOT NULL,
	PRIMARY KEY (blocker_id, blocked_id)
) STRICT, WITHOUT ROWID;

-- What happened in a conversation, in order and without holes.
CREATE TABLE journal_event (
	conversation_id BLOB    NOT NULL,
	seq             INTEGER NOT NULL,
	at              INTEGER NOT NULL,
	actor_id        BLOB    NOT NULL,
	message_id      BLOB    NOT NULL, -- zero if the event is about no message
	body            BLOB    NOT NULL, -- event.v1.Body; empty for a message that is sent
	PRIMARY KEY (conversation_id, seq)
) STRICT, WITHOUT ROWID;

-- The head of a user's own sequence. The row says that the user exists.
CREATE TABLE journal_user (
	user_id   BLOB    NOT NULL PRIMARY KEY,
	seq       INTEGER NOT NULL,
	first_seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE journal_user_event (
	user_id BLOB    NOT NULL,
	seq     INTEGER NOT NULL,
	at      INTEGER NOT NULL,
	body    BLOB    NOT NULL, -- event.v1.UserBody
	PRIMARY KEY (user_id, seq)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE journal_user_event;
DROP TABLE journal_user;
DROP TABLE journal_event;
DROP TABLE journal_block;
DROP TABLE journal_member;
DROP TABLE journal_conversation;
