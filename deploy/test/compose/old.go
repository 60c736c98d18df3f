package main

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver
)

// legacy is what somebody has in a database of Lair Chat 0.8. The hash is one of
// oldPassword.
const legacy = `
CREATE TABLE users (id TEXT PRIMARY KEY, username TEXT NOT NULL UNIQUE, email TEXT NOT NULL UNIQUE, password_hash TEXT NOT NULL,
	role TEXT NOT NULL DEFAULT 'user', created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, last_seen_at INTEGER);
CREATE TABLE rooms (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, description TEXT, owner_id TEXT NOT NULL,
	is_private INTEGER NOT NULL DEFAULT 0, max_members INTEGER, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL);
CREATE TABLE room_memberships (room_id TEXT NOT NULL, user_id TEXT NOT NULL, role TEXT NOT NULL DEFAULT 'member', joined_at INTEGER NOT NULL,
	PRIMARY KEY (room_id, user_id));
CREATE TABLE messages (id TEXT PRIMARY KEY, author_id TEXT NOT NULL, target_type TEXT NOT NULL, target_id TEXT NOT NULL, content TEXT NOT NULL,
	is_edited INTEGER NOT NULL DEFAULT 0, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL);
CREATE TABLE invitations (id TEXT PRIMARY KEY, room_id TEXT NOT NULL, inviter_id TEXT NOT NULL, invitee_id TEXT NOT NULL,
	status TEXT NOT NULL DEFAULT 'pending', message TEXT, created_at INTEGER NOT NULL, responded_at INTEGER, expires_at INTEGER NOT NULL);
INSERT INTO users VALUES ('00000001-0000-4000-8000-000000000001', 'veteran', 'veteran@example.org',
	'$argon2id$v=19$m=19456,t=2,p=1$oOUZI1nRIstUebYqd5rErg$dVIdUZTCjBKErllo+z/BTg/qgPWrjvc0KmoJy9O/erc', 'user', 1700000000, 1700000000, NULL);
INSERT INTO rooms VALUES ('00000002-0000-4000-8000-000000000001', 'old hall', NULL, '00000001-0000-4000-8000-000000000001', 0, NULL, 1700000000, 1700000000);
INSERT INTO room_memberships VALUES ('00000002-0000-4000-8000-000000000001', '00000001-0000-4000-8000-000000000001', 'owner', 1700000000);
INSERT INTO messages VALUES ('00000003-0000-4000-8000-000000000001', '00000001-0000-4000-8000-000000000001', 'room',
	'00000002-0000-4000-8000-000000000001', 'said in 0.8', 0, 1700000001, 1700000001);`

const (
	oldPassword = "correct horse battery"
	oldRoom     = "00000002-0000-4000-8000-000000000001"
)

// oldDatabase makes one in a folder, for the user of our containers.
func oldDatabase(ctx context.Context, dir string) error {
	path := filepath.Join(dir, "lair-chat.db")
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)")
	if err != nil {
		return err
	}
	if _, err = db.ExecContext(ctx, legacy); err != nil {
		_ = db.Close()
		return err
	}
	if err := db.Close(); err != nil {
		return err
	}
	return hand(dir, path)
}

// hand gives files to the user of our containers.
func hand(paths ...string) error {
	for _, p := range paths {
		if err := os.Chown(p, 65532, 65532); err != nil {
			return err
		}
	}
	return nil
}
