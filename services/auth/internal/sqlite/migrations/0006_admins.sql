-- +goose Up

-- Who changes a role or bans an administrator looks for the others.
CREATE INDEX auth_user_admin ON auth_user (user_id) WHERE role = 'admin';

-- +goose Down
DROP INDEX auth_user_admin;
