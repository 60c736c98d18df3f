-- +goose Up

-- How username_key was made: 0 of the name in lower case as far as it is ASCII, 1 of
-- its letters whatever their case and form. The program makes the old ones anew
-- when it starts. For plain names both are the same.
ALTER TABLE auth_user ADD COLUMN key_form smallint NOT NULL DEFAULT 0;
UPDATE auth_user SET key_form = 1 WHERE username_key ~ '^[a-z0-9_]*$';
CREATE INDEX auth_user_key_form ON auth_user (created_at, user_id) WHERE key_form = 0;

-- +goose Down
DROP INDEX auth_user_key_form;
ALTER TABLE auth_user DROP COLUMN key_form;
