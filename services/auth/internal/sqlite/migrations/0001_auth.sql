-- +goose Up

-- Times are microseconds.
CREATE TABLE auth_user (
	user_id      BLOB    NOT NULL,
	username     TEXT    NOT NULL,
	username_key TEXT    NOT NULL, -- in lower case, as far as it is ASCII
	email        TEXT    NOT NULL, -- in lower case
	email_key    TEXT    NOT NULL,
	password     TEXT    NOT NULL, -- a PHC string
	role         TEXT    NOT NULL,
	created_at   INTEGER NOT NULL,
	updated_at   INTEGER NOT NULL,
	CONSTRAINT auth_user_pkey PRIMARY KEY (user_id),
	CONSTRAINT auth_user_username_key UNIQUE (username_key),
	CONSTRAINT auth_user_email_key UNIQUE (email_key)
) WITHOUT ROWID;

CREATE TABLE auth_session (
	session_id BLOB    NOT NULL,
	user_id    BLOB    NOT NULL,
	user_agent TEXT    NOT NULL,
	address    TEXT    NOT NULL,
	created_at INTEGER NOT NULL,
	expires_at INTEGER NOT NULL,
	CONSTRAINT auth_session_pkey PRIMARY KEY (session_id),
	CONSTRAINT auth_session_user FOREIGN KEY (user_id) REFERENCES auth_user ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX auth_session_of_user ON auth_session (user_id, created_at);
CREATE INDEX auth_session_expiry ON auth_session (expires_at);

-- Sessions that ended before their time, numbered without holes.
CREATE TABLE auth_revocation (
	seq        INTEGER NOT NULL,
	session_id BLOB    NOT NULL,
	expires_at INTEGER NOT NULL, -- when the last token of the session does
	CONSTRAINT auth_revocation_pkey PRIMARY KEY (seq)
);

CREATE TABLE auth_revocation_head (
	one INTEGER NOT NULL DEFAULT 1,
	seq INTEGER NOT NULL,
	CONSTRAINT auth_revocation_head_pkey PRIMARY KEY (one),
	CONSTRAINT auth_revocation_head_one CHECK (one = 1)
);
INSERT INTO auth_revocation_head (seq) VALUES (0);

-- Keys that tokens are signed with.
CREATE TABLE auth_key (
	kid        TEXT    NOT NULL,
	public_key BLOB    NOT NULL,
	sealed     BLOB    NOT NULL, -- the private key, encrypted
	created_at INTEGER NOT NULL,
	CONSTRAINT auth_key_pkey PRIMARY KEY (kid)
) WITHOUT ROWID;

-- +goose Down
DROP TABLE auth_key;
DROP TABLE auth_revocation_head;
DROP TABLE auth_revocation;
DROP TABLE auth_session;
DROP TABLE auth_user;
