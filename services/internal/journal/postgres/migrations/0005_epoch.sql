-- +goose Up

-- One row: a sequence that is made now begins behind base. It grows with every
-- restore of a backup, so that no position is given to a second event that a client
-- knows with the first one.
CREATE TABLE journal_epoch (
	one  boolean NOT NULL DEFAULT true,
	base bigint  NOT NULL,
	CONSTRAINT journal_epoch_pkey PRIMARY KEY (one),
	CONSTRAINT journal_epoch_one CHECK (one)
);
INSERT INTO journal_epoch (base) VALUES (0);

-- +goose Down
DROP TABLE journal_epoch;
