-- +goose Up

-- Wrong passwords, counted for each name or address that was tried, whether
-- somebody has it or not.
CREATE TABLE auth_lockout (
	lockout_key  bytea       NOT NULL, -- a hash: people type passwords where names belong
	failures     integer     NOT NULL,
	locked_until timestamptz NOT NULL,
	forget_at    timestamptz NOT NULL,
	CONSTRAINT auth_lockout_pkey PRIMARY KEY (lockout_key)
);
CREATE INDEX auth_lockout_forget ON auth_lockout (forget_at);

-- +goose Down
DROP TABLE auth_lockout;
