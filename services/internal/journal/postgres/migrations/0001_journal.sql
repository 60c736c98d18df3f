-- +goose Up

-- The head of a conversation. Whoever writes to the conversation holds the
-- lock on this row. Room is left in each page so that an update of seq stays
-- there and touches no index (HOT).
CREATE TABLE journal_conversation (
	conversation_id uuid     NOT NULL,
	kind            smallint NOT NULL, -- 1 room, 2 direct
	seq             bigint   NOT NULL, -- of the newest event, 0 if there is none
	first_seq       bigint   NOT NULL, -- of the oldest event that is kept
	moderated       boolean  NOT NULL,
	deleted         boolean  NOT NULL,
	CONSTRAINT journal_conversation_pkey PRIMARY KEY (conversation_id)
) WITH (fillfactor = 50);

-- One row for each user that is or was part of a conversation.
CREATE TABLE journal_member (
	conversation_id uuid        NOT NULL,
	user_id         uuid        NOT NULL,
	role            smallint    NOT NULL, -- 1 member, 2 moderator, 3 owner
	joined_at       timestamptz NOT NULL,
	joined_seq      bigint      NOT NULL,
	left_seq        bigint      NOT NULL, -- 0 while the user is a member
	muted_until     timestamptz NOT NULL, -- the epoch if not muted
	peer_id         uuid        NOT NULL, -- the other one of a direct conversation, or zero
	CONSTRAINT journal_member_pkey PRIMARY KEY (conversation_id, user_id)
);
CREATE INDEX journal_member_user ON journal_member (user_id);

CREATE TABLE journal_block (
	blocker_id uuid NOT NULL,
	blocked_id uuid NOT NULL,
	CONSTRAINT journal_block_pkey PRIMARY KEY (blocker_id, blocked_id)
);

-- What happened in a conversation, in order and without holes.
CREATE TABLE journal_event (
	conversation_id uuid        NOT NULL,
	seq             bigint      NOT NULL,
	at              timestamptz NOT NULL,
	actor_id        uuid        NOT NULL,
	message_id      uuid        NOT NULL, -- zero if the event is about no message
	body            bytea       NOT NULL, -- event.v1.Body; empty for a message that is sent
	CONSTRAINT journal_event_pkey PRIMARY KEY (conversation_id, seq)
);

-- The head of a user's own sequence. The row says that the user exists.
CREATE TABLE journal_user (
	user_id   uuid   NOT NULL,
	seq       bigint NOT NULL,
	first_seq bigint NOT NULL,
	CONSTRAINT journal_user_pkey PRIMARY KEY (user_id)
) WITH (fillfactor = 50);

CREATE TABLE journal_user_event (
	user_id uuid        NOT NULL,
	seq     bigint      NOT NULL,
	at      timestamptz NOT NULL,
	body    bytea       NOT NULL, -- event.v1.UserBody
	CONSTRAINT journal_user_event_pkey PRIMARY KEY (user_id, seq)
);

-- +goose Down
DROP TABLE journal_user_event;
DROP TABLE journal_user;
DROP TABLE journal_event;
DROP TABLE journal_block;
DROP TABLE journal_member;
DROP TABLE journal_conversation;
