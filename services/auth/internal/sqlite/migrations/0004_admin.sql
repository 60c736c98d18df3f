-- +goose Up

-- What was done about accounts and by whom. It has no secrets, and never what
-- somebody typed.
CREATE TABLE auth_audit (
	audit_id   BLOB    NOT NULL, -- in order of time
	at         INTEGER NOT NULL,
	kind       TEXT    NOT NULL,
	actor_id   BLOB    NOT NULL, -- zero if nobody was logged in
	subject_id BLOB    NOT NULL, -- zero if it is nobody's account
	address    TEXT    NOT NULL,
	detail     TEXT    NOT NULL,
	CONSTRAINT auth_audit_pkey PRIMARY KEY (audit_id)
) WITHOUT ROWID;
CREATE INDEX auth_audit_at ON auth_audit (at);

ALTER TABLE auth_user ADD COLUMN banned_until INTEGER NOT NULL DEFAULT 0;
ALTER TABLE auth_user ADD COLUMN ban_reason TEXT NOT NULL DEFAULT '';

-- A user for whom an administrator has made a link to choose a new password.
CREATE TABLE auth_reset (
	user_id    BLOB    NOT NULL,
	digest     BLOB    NOT NULL, -- of the secret in the link
	expires_at INTEGER NOT NULL,
	CONSTRAINT auth_reset_pkey PRIMARY KEY (user_id),
	CONSTRAINT auth_reset_digest_key UNIQUE (digest),
	CONSTRAINT auth_reset_user FOREIGN KEY (user_id) REFERENCES auth_user ON DELETE CASCADE
) WITHOUT ROWID;

-- +goose Down
DROP TABLE auth_reset;
ALTER TABLE auth_user DROP COLUMN ban_reason;
ALTER TABLE auth_user DROP COLUMN banned_until;
DROP TABLE auth_audit;
