// Package legacytest makes databases as Lair Chat 0.8 has them.
package legacytest

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite" // the driver
)

// Password is that of everybody in Fill, and Hash what 0.8 stores of it.
const (
	Password = "correct horse battery"
	Hash     = "$argon2id$v=19$m=19456,t=2,p=1$oOUZI1nRIstUebYqd5rErg$dVIdUZTCjBKErllo+z/BTg/qgPWrjvc0KmoJy9O/erc"
)

const tables = `
CREATE TABLE users (id TEXT PRIMARY KEY, username TEXT NOT NULL UNIQUE COLLATE NOCASE, email TEXT NOT NULL UNIQUE COLLATE NOCASE,
	password_hash TEXT NOT NULL, role TEXT NOT NULL DEFAULT 'user', created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, last_seen_at INTEGER);
CREATE TABLE rooms (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE, description TEXT, owner_id TEXT NOT NULL,
	is_private INTEGER NOT NULL DEFAULT 0, max_members INTEGER, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL);
CREATE TABLE room_memberships (room_id TEXT NOT NULL, user_id TEXT NOT NULL, role TEXT NOT NULL DEFAULT 'member', joined_at INTEGER NOT NULL,
	PRIMARY KEY (room_id, user_id));
CREATE TABLE messages (id TEXT PRIMARY KEY, author_id TEXT NOT NULL, target_type TEXT NOT NULL, target_id TEXT NOT NULL, content TEXT NOT NULL,
	is_edited INTEGER NOT NULL DEFAULT 0, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL);
CREATE TABLE sessions (id TEXT PRIMARY KEY, user_id TEXT NOT NULL, protocol TEXT NOT NULL, ip_address TEXT, user_agent TEXT,
	created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, last_active_at INTEGER NOT NULL);
CREATE TABLE invitations (id TEXT PRIMARY KEY, room_id TEXT NOT NULL, inviter_id TEXT NOT NULL, invitee_id TEXT NOT NULL,
	status TEXT NOT NULL DEFAULT 'pending', message TEXT, created_at INTEGER NOT NULL, responded_at INTEGER, expires_at INTEGER NOT NULL);
CREATE TABLE _migrations (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, applied_at INTEGER NOT NULL);
INSERT INTO _migrations (name, applied_at) VALUES ('001_initial_schema', 0), ('002_add_indexes', 0);`

// DB is a database of 0.8.
type DB struct {
	*sql.DB
	Path string
	tb   testing.TB
}

// New returns an empty one.
func New(tb testing.TB) *DB {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "lair-chat.db")
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(OFF)")
	if err != nil {
		tb.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	d := &DB{db, path, tb}
	d.Do(tables)
	return d
}

// Do runs a statement.
func (d *DB) Do(statement string, args ...any) {
	d.tb.Helper()
	if _, err := d.ExecContext(d.tb.Context(), statement, args...); err != nil {
		d.tb.Fatal(err)
	}
}

// Start is the first second of all that happens.
const Start = 1_700_000_000

// ID is the id of the n-th thing of a kind, one of "user" 1, "room" 2, "message" 3 and
// "invitation" 4.
func ID(kind, n int) string { return fmt.Sprintf("%08x-0000-4000-8000-%012x", kind, n) }

// User adds the user n.
func (d *DB) User(n int, name string) string {
	d.tb.Helper()
	d.Do("INSERT INTO users VALUES (?, ?, ?, ?, 'user', ?, ?, NULL)", ID(1, n), name, fmt.Sprintf("u%d@example.org", n), Hash, Start+n, Start+n)
	return ID(1, n)
}

// Room adds the room n with its owner.
func (d *DB) Room(n int, name, owner string) string {
	d.tb.Helper()
	d.Do("INSERT INTO rooms VALUES (?, ?, 'what for', ?, 0, NULL, ?, ?)", ID(2, n), name, owner, Start, Start)
	d.Member(ID(2, n), owner, "owner", Start)
	return ID(2, n)
}

// Member adds a membership.
func (d *DB) Member(room, user, role string, at int) {
	d.tb.Helper()
	d.Do("INSERT INTO room_memberships VALUES (?, ?, ?, ?)", room, user, role, at)
}

// Message adds the message n.
func (d *DB) Message(n int, author, kind, target, content string, at int) string {
	d.tb.Helper()
	d.Do("INSERT INTO messages VALUES (?, ?, ?, ?, ?, 0, ?, ?)", ID(3, n), author, kind, target, content, at, at)
	return ID(3, n)
}

// Fill adds many users and messages, at random.
func (d *DB) Fill(users, rooms, messages int) {
	d.tb.Helper()
	chance := rand.New(rand.NewPCG(5, 6))
	d.Do("BEGIN")
	for n := range users {
		d.User(n, fmt.Sprintf("user_%d", n))
	}
	for n := range rooms {
		d.Room(n, fmt.Sprintf("room %d", n), ID(1, n%users))
		for m := range min(users-1, 20) {
			d.Member(ID(2, n), ID(1, (n+m+1)%users), "member", Start+m)
		}
	}
	for n := range messages {
		author, at := chance.IntN(users), Start+1000+n/3
		if chance.IntN(5) == 0 {
			d.Message(n, ID(1, author), "dm", ID(1, chance.IntN(users)), fmt.Sprint("psst ", n), at)
		} else {
			d.Message(n, ID(1, author), "room", ID(2, chance.IntN(rooms)), fmt.Sprint("message ", n), at)
		}
	}
	d.Do("COMMIT")
}
