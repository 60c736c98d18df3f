-- +goose Up

-- Which services have removed their traces of a deleted user. The row goes when
-- all have.
ALTER TABLE auth_deletion ADD COLUMN room_done INTEGER NOT NULL DEFAULT 0;
ALTER TABLE auth_deletion ADD COLUMN message_done INTEGER NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE auth_deletion DROP COLUMN message_done;
ALTER TABLE auth_deletion DROP COLUMN room_done;
