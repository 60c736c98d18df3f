-- +goose Up

-- The row of a deleted user keeps its name from being taken by another one.
ALTER TABLE auth_user ADD COLUMN deleted INTEGER NOT NULL DEFAULT 0;

-- Users who deleted their accounts, and whose traces elsewhere are to be
-- removed.
CREATE TABLE auth_deletion (
	user_id    BLOB NOT NULL,
	deleted_at INTEGER NOT NULL,
	CONSTRAINT auth_deletion_pkey PRIMARY KEY (user_id)
);

-- +goose Down
DROP TABLE auth_deletion;
ALTER TABLE auth_user DROP COLUMN deleted;
