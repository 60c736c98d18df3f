-- +goose Up

-- Since when; 1970 if that was before it was noted.
ALTER TABLE journal_block ADD COLUMN blocked_at INTEGER NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE journal_block DROP COLUMN blocked_at;
