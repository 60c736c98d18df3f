package legacy_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lair-chat/lair/pkg/sqldb"
	"github.com/lair-chat/lair/pkg/testkit/pgtest"
	"github.com/lair-chat/lair/services/lair/internal/catalog"
	"github.com/lair-chat/lair/services/lair/internal/legacy"
	"github.com/lair-chat/lair/services/lair/internal/legacy/legacytest"
	"github.com/lair-chat/lair/services/lair/internal/system"
	"github.com/lair-chat/lair/services/lair/internal/transfer"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// world is a file and a database of ours, into which the same is imported.
type world struct {
	t    *testing.T
	file *sqldb.SQLite
	conn *pgx.Conn
	said string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t}
	var err error
	w.file, err = sqldb.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "lair.db"))
	must(t, err)
	t.Cleanup(func() { must(t, w.file.Close()) })
	must(t, system.Migrate(t.Context(), w.file))
	url := pgtest.URL(t)
	must(t, system.MigratePostgres(t.Context(), url))
	w.conn, err = system.ConnectPostgres(t.Context(), url)
	must(t, err)
	t.Cleanup(func() { _ = w.conn.Close(context.Background()) })
	return w
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var now = time.Unix(legacytest.Start+500_000, 0)

// load imports into both, which must come to the same, and returns what is told.
func (w *world) load(from *legacytest.DB) *legacy.Report {
	w.t.Helper()
	var reports [2]*legacy.Report
	var said [2]bytes.Buffer
	run := func(i int, target legacy.Target) error {
		old, err := legacy.Open(w.t.Context(), from.Path)
		if err != nil {
			return err
		}
		reports[i], err = legacy.Import(w.t.Context(), old, target, legacy.Options{Now: now, Out: &said[i], Progress: 1 << 20})
		return errors.Join(err, old.Close())
	}
	must(w.t, w.file.Update(w.t.Context(), func(tx *sql.Tx) error { return run(0, legacy.SQLite(tx)) }))
	must(w.t, pgx.BeginFunc(w.t.Context(), w.conn, func(tx pgx.Tx) error {
		target, err := legacy.Postgres(w.t.Context(), tx)
		if err != nil {
			return err
		}
		return run(1, target)
	}))
	if w.said = said[0].String(); w.said != said[1].String() {
		w.t.Errorf("SQLite is told\n%s\nand PostgreSQL\n%s", w.said, said[1].String())
	}
	w.compare()
	return reports[0]
}

// compare looks that both databases have the same rows.
func (w *world) compare() {
	w.t.Helper()
	file, err := catalog.SQLite(w.t.Context(), w.file.Read)
	must(w.t, err)
	database, err := catalog.Postgres(w.t.Context(), w.conn)
	must(w.t, err)
	pairs, err := transfer.Match(file, database)
	must(w.t, err)
	tx, err := w.file.Read.BeginTx(w.t.Context(), nil)
	must(w.t, err)
	defer tx.Rollback() //nolint:errcheck // it has read
	quiet := func(string, int64) {}
	for _, p := range pairs {
		one, err := transfer.Read(w.t.Context(), tx, p, quiet, nil)
		must(w.t, err)
		other, err := transfer.ReadPostgres(w.t.Context(), w.conn, p, quiet)
		must(w.t, err)
		if one != other {
			w.t.Errorf("%s has %d rows in SQLite and %d in PostgreSQL, or others", p.Name, one.Rows, other.Rows)
		}
	}
}

// ask returns the rows of a question, values with | between.
func (w *world) ask(query string) []string {
	w.t.Helper()
	rows, err := w.file.Read.QueryContext(w.t.Context(), query)
	must(w.t, err)
	defer rows.Close() // it is read
	var list []string
	for rows.Next() {
		var s string
		must(w.t, rows.Scan(&s))
		list = append(list, s)
	}
	must(w.t, rows.Err())
	return list
}

func (w *world) want(query string, want ...string) {
	w.t.Helper()
	if got := w.ask(query); strings.Join(got, "\n") != strings.Join(want, "\n") {
		w.t.Errorf("%s:\ngot  %q\nwant %q", query, got, want)
	}
}

func TestEverythingIsImportedInItsOrder(t *testing.T) {
	old := legacytest.New(t)
	ann, bob, cay := old.User(1, "Ann"), old.User(2, "bob"), old.User(3, "cay")
	old.Do("UPDATE users SET role = 'admin' WHERE username = 'Ann'")
	hall := old.Room(1, "Hall", ann)
	old.Member(hall, bob, "moderator", legacytest.Start+10)
	old.Message(1, ann, "room", hall, "one", legacytest.Start+5)
	old.Message(3, ann, "room", hall, "three", legacytest.Start+20)
	old.Message(2, bob, "room", hall, "four", legacytest.Start+20) // in the same second, stored later
	old.Message(4, bob, "dm", ann, "psst", legacytest.Start+30)
	old.Message(5, ann, "dm", bob, "yes?", legacytest.Start+31)
	old.Message(6, cay, "dm", cay, "note", legacytest.Start+32)
	old.Do("UPDATE messages SET is_edited = 1, updated_at = ? WHERE content = 'three'", legacytest.Start+40)
	for n, status := range []string{"pending", "declined", "pending"} {
		at := []int{legacytest.Start + 100, legacytest.Start + 50, legacytest.Start + 60}[n]
		old.Do("INSERT INTO invitations VALUES (?, ?, ?, ?, ?, NULL, ?, NULL, ?)", legacytest.ID(4, n), hall, ann, cay, status, at, at+604800)
	}
	w := newWorld(t)
	r := w.load(old)
	if r.Problems != 0 || r.Users.Added != 3 || r.Rooms.Added != 1 || r.Members.Added != 2 || r.Messages.Added != 6 || r.Invitations.Added != 3 {
		t.Errorf("got %+v\n%s", r, w.said)
	}
	w.want("SELECT username || '|' || email || '|' || role || '|' || (password LIKE '$argon2id$%') FROM auth_user ORDER BY created_at",
		"Ann|u1@example.org|admin|1", "bob|u2@example.org|user|1", "cay|u3@example.org|user|1")
	w.want("SELECT m.seq || '|' || m.content || '|' || ifnull(m.edited_at / 1000000 - 1700000000, '') FROM message_message m JOIN room_room r ON r.room_id = m.conversation_id ORDER BY m.seq",
		"2|one|", "4|three|40", "5|four|")
	w.want("SELECT m.seq || '|' || m.content FROM message_message m WHERE recipient_id <> zeroblob(16) ORDER BY m.created_at",
		"1|psst", "2|yes?", "1|note")
	w.want("SELECT role || '|' || joined_seq FROM journal_member WHERE peer_id = zeroblob(16) ORDER BY joined_seq", "3|1", "2|3")
	w.want("SELECT kind || '|' || seq || '|' || first_seq FROM journal_conversation ORDER BY kind, seq", "1|5|1", "2|1|1", "2|2|1")
	w.want("SELECT status FROM room_invitation ORDER BY created_at", "3", "5", "1")
	// Each knows of its conversations, and cay of the invitation; nothing is unread.
	w.want("SELECT u.username || '|' || j.seq FROM journal_user j JOIN auth_user u ON u.user_id = j.user_id ORDER BY u.username", "Ann|2", "bob|2", "cay|2")
	w.want("SELECT count(*) FROM message_read", "5")
	// There is nothing that refers to a place that is not there.
	w.want("SELECT count(*) FROM journal_event e LEFT JOIN message_message m ON m.conversation_id = e.conversation_id AND m.seq = e.seq WHERE e.body = x'' AND m.message_id IS NOT e.message_id", "0")
	w.want("SELECT count(*) FROM journal_conversation c WHERE seq <> (SELECT count(*) FROM journal_event e WHERE e.conversation_id = c.conversation_id)", "0")
	w.want("SELECT count(*) FROM journal_user u WHERE seq <> (SELECT count(*) FROM journal_user_event e WHERE e.user_id = u.user_id)", "0")
}

func TestSecondImportBringsOnlyWhatIsNew(t *testing.T) {
	old := legacytest.New(t)
	old.Fill(20, 3, 200)
	w := newWorld(t)
	first := w.load(old)
	if first.Problems != 0 || first.Messages.Added != 200 || first.Users.Added != 20 {
		t.Fatalf("got %+v\n%s", first, w.said)
	}
	again := w.load(old)
	if again.Problems != 0 || again.Users.Added+again.Rooms.Added+again.Members.Added+again.Messages.Added != 0 ||
		again.Users.There != 20 || again.Messages.There != 200 || again.Members.There != again.Members.Found {
		t.Errorf("again: %+v\n%s", again, w.said)
	}
	dave := old.User(100, "dave")
	old.Member(legacytest.ID(2, 0), dave, "member", legacytest.Start+5)
	old.Message(1000, dave, "room", legacytest.ID(2, 0), "late", legacytest.Start+6)
	before := w.ask("SELECT seq FROM journal_conversation WHERE kind = 1 ORDER BY conversation_id LIMIT 1")
	third := w.load(old)
	if third.Users.Added != 1 || third.Members.Added != 1 || third.Messages.Added != 1 || third.Problems != 0 {
		t.Errorf("got %+v\n%s", third, w.said)
	}
	w.want("SELECT seq - 2 FROM journal_conversation WHERE kind = 1 ORDER BY conversation_id LIMIT 1", before...)
	w.want("SELECT count(*) FROM journal_conversation c WHERE seq <> (SELECT count(*) FROM journal_event e WHERE e.conversation_id = c.conversation_id)", "0")
}

func TestWhatIsNotAsItShouldBeIsToldAndMended(t *testing.T) {
	old := legacytest.New(t)
	ann := old.User(1, "ann")
	old.User(2, "ünal")
	old.User(3, "ÜNAL")       // another one for 0.8
	old.User(4, "an\x1b[2Jn") // must not reach a terminal
	old.User(5, "раураl")     // looks like Latin, and is mixed
	old.Do("UPDATE users SET id = 'root', password_hash = 'none' WHERE username = 'ÜNAL'")
	old.Do("UPDATE users SET email = 'no address' WHERE username = 'ünal'")
	old.Do("INSERT INTO users SELECT '{' || id || '}', 'twin', 'twin@example.org', password_hash, 'owner', 1800000000, 1e300, NULL FROM users WHERE username = 'an' || char(27) || '[2Jn'")
	bad := old.Room(1, "bad\u202eroom", ann)
	old.Room(2, " hall ", ann)
	old.Room(3, "HALL", ann)
	old.Do("UPDATE rooms SET max_members = 0, description = ? WHERE id = ?", strings.Repeat("é", 600), bad)
	old.Do("UPDATE room_memberships SET role = 'boss' WHERE room_id = ?", bad)
	old.Do("DELETE FROM room_memberships WHERE room_id = ?", legacytest.ID(2, 2))
	old.Member(legacytest.ID(2, 9), ann, "owner", 0)
	old.Member(bad, "nobody", "owner", 0)
	old.Message(1, ann, "room", bad, strings.Repeat("€", 2000), -7)
	old.Message(2, ann, "room", bad, " \n ", 1)
	old.Message(3, ann, "room", bad, "a\x00b\xff", legacytest.Start)
	old.Message(4, "nobody", "room", bad, "x", legacytest.Start)
	old.Message(5, ann, "room", "nowhere", "x", legacytest.Start)
	old.Message(6, ann, "dm", "nobody", "x", legacytest.Start)
	old.Message(7, ann, "sky", ann, "x", legacytest.Start)
	old.Message(8, ann, "dm", "root", "hi", 1<<62)
	old.Do("INSERT INTO invitations VALUES ('i', ?, ?, 'nobody', 'pending', NULL, 0, NULL, 0)", bad, ann)
	w := newWorld(t)
	r := w.load(old)
	for _, want := range []string{
		`user "\u00dcNAL": is named "\u00dcNAL_2": somebody has a name that looks the same`,
		`user "\u00dcNAL_2": the password cannot be used`,
		`the address "no address" becomes 00000001-0000-4000-8000-000000000002@imported.invalid`,
		`user "an\x1b[2Jn": is named "user_00000001": a user name may have letters`,
		`is named "user_00000001_2": a user name must not mix letters`,
		`user "twin": another one has the id`,
		`room "bad\u202eroom": is named "room 00000002": a room name must not have control characters`,
		`room "bad\u202eroom": the description has 1200 bytes, 1024 are kept`,
		`takes at most 1 members, as many as it has, in place of 0`,
		`has no owner, user 00000001-0000-4000-8000-000000000001 becomes one`,
		`room " hall ": has no members, who made it becomes the owner`,
		`room "HALL": is named "HALL (2)": another room has the name`,
		`room 00000002-0000-4000-8000-000000000009: is not there, but has 1 members`,
		`message 00000003-0000-4000-8000-000000000001: has 6000 bytes, 4095 are kept`,
		`message 00000003-0000-4000-8000-000000000002: content must not be empty, skipped`,
		`000000000004: its author is not there`,
		`000000000005: its room is not there`,
		`000000000006: its recipient is not there`,
		`000000000007: its target is neither a room nor a user`,
		`its room, or one of its people, is not there`,
	} {
		if !strings.Contains(w.said, want) {
			t.Errorf("%s is not told", want)
		}
	}
	if t.Failed() || strings.ContainsAny(w.said, "\x1b\u202e") {
		t.Errorf("told:\n%s", w.said)
	}
	for what, c := range map[string]legacy.Count{"users": r.Users, "rooms": r.Rooms, "members": r.Members, "messages": r.Messages, "invitations": r.Invitations} {
		// Who becomes an owner without having been a member is added without being found.
		if c.Added+c.There+c.Skipped < c.Found {
			t.Errorf("%s: %+v leaves some out", what, c)
		}
	}
	w.want("SELECT content FROM message_message ORDER BY created_at LIMIT 1 OFFSET 1", "a\uFFFDb\uFFFD")
	w.want("SELECT count(*) FROM message_message", "3")
	if again := w.load(old); again.Users.Added+again.Rooms.Added+again.Members.Added+again.Messages.Added+again.Invitations.Added != 0 {
		t.Errorf("again: %+v", again)
	}
}

func TestWhatWasDeletedHereStaysSo(t *testing.T) {
	old := legacytest.New(t)
	ann, bob := old.User(1, "ann"), old.User(2, "bob")
	hall := old.Room(1, "hall", ann)
	old.Message(1, ann, "room", hall, "x", legacytest.Start)
	w := newWorld(t)
	w.load(old)
	for _, statement := range []string{
		"UPDATE journal_user SET deleted = true WHERE user_id IN (SELECT user_id FROM auth_user WHERE username = 'bob')",
		"UPDATE journal_conversation SET deleted = true WHERE kind = 1", "DELETE FROM room_room",
	} {
		_, err := w.file.Write.ExecContext(t.Context(), statement)
		must(t, err)
		_, err = w.conn.Exec(t.Context(), statement)
		must(t, err)
	}
	old.Member(hall, bob, "member", legacytest.Start+1)
	old.Message(2, ann, "room", hall, "y", legacytest.Start+1)
	old.Message(3, ann, "dm", bob, "y", legacytest.Start+1)
	if r := w.load(old); r.Messages.Skipped != 2 || r.Members.Added+r.Rooms.Added+r.Messages.Added != 0 || !strings.Contains(w.said, `room "hall": was deleted here`) {
		t.Errorf("got %+v\n%s", r, w.said)
	}
}

func TestOtherFilesAreRefusedByWhatTheyLack(t *testing.T) {
	old := legacytest.New(t)
	old.Do("ALTER TABLE users DROP COLUMN role")
	old.Do("DROP TABLE invitations")
	_, err := legacy.Open(t.Context(), old.Path)
	if err == nil || !strings.Contains(err.Error(), "it has not the column users.role, the table invitations") {
		t.Errorf("got %v", err)
	}
}

// How fast it is depends on the machine, and is only told.
func TestThousandUsersAndAHundredThousandMessagesAreImported(t *testing.T) {
	messages := 100_000
	if raceEnabled {
		messages /= 20 // SQLite is Go, and slow with the race detector
	}
	old := legacytest.New(t)
	old.Fill(1000, 100, messages)
	w := newWorld(t)
	began := time.Now()
	r := w.load(old)
	t.Logf("%d messages into SQLite and PostgreSQL in %v", r.Messages.Added, time.Since(began))
	if r.Users.Added != 1000 || r.Messages.Added != messages || r.Problems != 0 {
		t.Errorf("got %+v", r)
	}
}
