-- +goose Up

-- Since when; 1970 if that was before it was noted.
ALTER TABLE journal_block ADD COLUMN blocked_at timestamptz NOT NULL DEFAULT '1970-01-01 00:00:00+00';

-- +goose Down
ALTER TABLE journal_block DROP COLUMN blocked_at;
