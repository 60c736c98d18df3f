-- +goose Up

CREATE TABLE auth_user (
	user_id      uuid        NOT NULL,
	username     text        NOT NULL,
	username_key text        COLLATE "C" NOT NULL, -- in lower case, as far as it is ASCII
	email        text        NOT NULL, -- in lower case
	email_key    text        COLLATE "C" NOT NULL,
	password     text        NOT NULL, -- a PHC string
	role         text        NOT NULL,
	created_at   timestamptz NOT NULL,
	updated_at   timestamptz NOT NULL,
	CONSTRAINT auth_user_pkey PRIMARY KEY (user_id),
	CONSTRAINT auth_user_username_key UNIQUE (username_key),
	CONSTRAINT auth_user_email_key UNIQUE (email_key)
);

CREATE TABLE auth_session (
	session_id uuid        NOT NULL,
	user_id    uuid        NOT NULL,
	user_agent text        NOT NULL,
	address    text        NOT NULL,
	created_at timestamptz NOT NULL,
	expires_at timestamptz NOT NULL,
	CONSTRAINT auth_session_pkey PRIMARY KEY (session_id),
	CONSTRAINT auth_session_user FOREIGN KEY (user_id) REFERENCES auth_user ON DELETE CASCADE
);
CREATE INDEX auth_session_of_user ON auth_session (user_id, created_at);
CREATE INDEX auth_session_expiry ON auth_session (expires_at);

-- Sessions that ended before their time, numbered without holes in the order of
-- their commits: whoever has read up to a number has missed none before it.
CREATE TABLE auth_revocation (
	seq        bigint      NOT NULL,
	session_id uuid        NOT NULL,
	expires_at timestamptz NOT NULL, -- when the last token of the session does
	CONSTRAINT auth_revocation_pkey PRIMARY KEY (seq)
);

-- One row, whose lock puts those who revoke in line.
CREATE TABLE auth_revocation_head (
	one boolean NOT NULL DEFAULT true,
	seq bigint  NOT NULL,
	CONSTRAINT auth_revocation_head_pkey PRIMARY KEY (one),
	CONSTRAINT auth_revocation_head_one CHECK (one)
);
INSERT INTO auth_revocation_head (seq) VALUES (0);

-- Keys that tokens are signed with.
CREATE TABLE auth_key (
	kid        text        NOT NULL,
	public_key bytea       NOT NULL,
	sealed     bytea       NOT NULL, -- the private key, encrypted
	created_at timestamptz NOT NULL,
	CONSTRAINT auth_key_pkey PRIMARY KEY (kid)
);

-- +goose Down
DROP TABLE auth_key, auth_revocation_head, auth_revocation, auth_session, auth_user;
