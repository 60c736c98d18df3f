-- +goose Up

-- The row of a deleted user stays: its own sequence has ended, and nobody takes
-- its place.
ALTER TABLE journal_user ADD COLUMN deleted boolean NOT NULL DEFAULT false;

-- Who is blocked, to find the blocks of a deleted user.
CREATE INDEX journal_block_blocked ON journal_block (blocked_id);

-- +goose Down
DROP INDEX journal_block_blocked;
ALTER TABLE journal_user DROP COLUMN deleted;
