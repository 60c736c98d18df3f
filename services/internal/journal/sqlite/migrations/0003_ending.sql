-- +goose Up

-- The row of a deleted user stays: its own sequence has ended, and nobody takes
-- its place.
ALTER TABLE journal_user ADD COLUMN deleted INTEGER NOT NULL DEFAULT 0;

-- Who is blocked, to find the blocks of a deleted user.
CREATE INDEX journal_block_blocked ON journal_block (blocked_id);

-- +goose Down
DROP INDEX journal_block_blocked;
ALTER TABLE journal_user DROP COLUMN deleted;
