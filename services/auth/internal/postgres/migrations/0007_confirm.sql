-- +goose Up

-- Which services have removed their traces of a deleted user. The row goes when
-- all have.
ALTER TABLE auth_deletion ADD COLUMN room_done boolean NOT NULL DEFAULT false;
ALTER TABLE auth_deletion ADD COLUMN message_done boolean NOT NULL DEFAULT false;

-- +goose Down
ALTER TABLE auth_deletion DROP COLUMN message_done;
ALTER TABLE auth_deletion DROP COLUMN room_done;
