-- +goose Up

-- Deleted rooms of which there is something left to be purged. The row goes when
-- each service has purged its part; the head in journal_conversation stays, so
-- that nobody takes the room for one that is being made.
CREATE TABLE journal_retired (
	conversation_id uuid NOT NULL,
	deleted_at      timestamptz NOT NULL,
	log_gone        boolean NOT NULL, -- events and members
	messages_gone   boolean NOT NULL,
	CONSTRAINT journal_retired_pkey PRIMARY KEY (conversation_id)
);
CREATE INDEX journal_retired_age ON journal_retired (deleted_at);

INSERT INTO journal_retired (conversation_id, deleted_at, log_gone, messages_gone)
SELECT c.conversation_id, coalesce((
	SELECT e.at FROM journal_event e WHERE e.conversation_id = c.conversation_id AND e.seq = c.seq
), now()), false, false
FROM journal_conversation c WHERE c.deleted;

-- +goose Down
DROP TABLE journal_retired;
