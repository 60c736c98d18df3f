-- +goose Up
ALTER TABLE auth_user ADD COLUMN display_name TEXT NOT NULL DEFAULT ''; -- empty if there is none

-- +goose Down
ALTER TABLE auth_user DROP COLUMN display_name;
