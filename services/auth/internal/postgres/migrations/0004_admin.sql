-- +goose Up

-- What was done about accounts and by whom. It has no secrets, and never what
-- somebody typed.
CREATE TABLE auth_audit (
	audit_id   uuid        NOT NULL, -- in order of time
	at         timestamptz NOT NULL,
	kind       text        NOT NULL,
	actor_id   uuid        NOT NULL, -- zero if nobody was logged in
	subject_id uuid        NOT NULL, -- zero if it is nobody's account
	address    text        NOT NULL,
	detail     text        NOT NULL,
	CONSTRAINT auth_audit_pkey PRIMARY KEY (audit_id)
);
CREATE INDEX auth_audit_at ON auth_audit (at);

ALTER TABLE auth_user ADD COLUMN banned_until timestamptz NOT NULL DEFAULT 'epoch';
ALTER TABLE auth_user ADD COLUMN ban_reason text NOT NULL DEFAULT '';

-- A user for whom an administrator has made a link to choose a new password.
CREATE TABLE auth_reset (
	user_id    uuid        NOT NULL,
	digest     bytea       NOT NULL, -- of the secret in the link
	expires_at timestamptz NOT NULL,
	CONSTRAINT auth_reset_pkey PRIMARY KEY (user_id),
	CONSTRAINT auth_reset_digest_key UNIQUE (digest),
	CONSTRAINT auth_reset_user FOREIGN KEY (user_id) REFERENCES auth_user ON DELETE CASCADE
);

-- +goose Down
DROP TABLE auth_reset;
ALTER TABLE auth_user DROP COLUMN ban_reason;
ALTER TABLE auth_user DROP COLUMN banned_until;
DROP TABLE auth_audit;
