package transfer_test

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/lair-chat/lair/pkg/sqldb"
	"github.com/lair-chat/lair/pkg/testkit/pgtest"
	"github.com/lair-chat/lair/services/lair/internal/catalog"
	"github.com/lair-chat/lair/services/lair/internal/system"
	"github.com/lair-chat/lair/services/lair/internal/transfer"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// world is a file and a database of this release.
type world struct {
	t    *testing.T
	file *sqldb.SQLite
	conn *pgx.Conn
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
	t.Cleanup(func() { _ = w.conn.Close(t.Context()) })
	return w
}

func (w *world) sqlite(statement string, args ...any) {
	w.t.Helper()
	_, err := w.file.Write.ExecContext(w.t.Context(), statement, args...)
	must(w.t, err)
}

func (w *world) postgres(statement string) {
	w.t.Helper()
	_, err := w.conn.Exec(w.t.Context(), statement)
	must(w.t, err)
}

func (w *world) move() ([]transfer.Moved, error) {
	w.t.Helper()
	file, err := catalog.SQLite(w.t.Context(), w.file.Read)
	must(w.t, err)
	tx, err := w.file.Read.BeginTx(w.t.Context(), nil)
	must(w.t, err)
	defer tx.Rollback() //nolint:errcheck // it has read
	return transfer.Move(w.t.Context(), tx, w.conn, file, func(string, int64) {})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A table or column that only one of the databases has, or that is of a type which
// nobody knows to copy, is found here and not by an operator.
func TestEverythingInOneDatabaseHasAPlaceInTheOther(t *testing.T) {
	w := newWorld(t)
	file, err := catalog.SQLite(t.Context(), w.file.Read)
	must(t, err)
	database, err := catalog.Postgres(t.Context(), w.conn)
	must(t, err)
	pairs, err := transfer.Match(file, database)
	if err != nil || len(pairs) < 15 {
		t.Errorf("%d tables, %v", len(pairs), err)
	}
	for _, service := range []string{"auth", "room", "message", "journal"} {
		if file.Versions[service] == 0 || file.Versions[service] != database.Versions[service] {
			t.Errorf("%s has the migrations %d and %d", service, file.Versions[service], database.Versions[service])
		}
	}
	must(t, transfer.Empty(t.Context(), w.conn, database.Tables))
}

func TestWhatHasNoPlaceIsNamed(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct{ sqlite, postgres, want, undo string }{
		{"CREATE TABLE room_new (a INTEGER)", "", "room_new is in SQLite only", "DROP TABLE room_new"},
		{"ALTER TABLE room_ban ADD COLUMN a INTEGER", "", "room_ban.a is in SQLite only", "ALTER TABLE room_ban DROP COLUMN a"},
		{"", "ALTER TABLE room_ban ADD COLUMN b bigint", "room_ban.b is in PostgreSQL only", ""},
		{"ALTER TABLE room_ban ADD COLUMN b TEXT", "", "room_ban.b is text in SQLite and bigint in PostgreSQL", ""},
		{"", "CREATE TABLE room_more (a bigint)", "room_more is in PostgreSQL only", ""},
	} {
		if c.sqlite != "" {
			w.sqlite(c.sqlite)
		}
		if c.postgres != "" {
			w.postgres(c.postgres)
		}
		if _, err := w.move(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("want %q, got %v", c.want, err)
		}
		if c.undo != "" {
			w.sqlite(c.undo)
		}
	}
}

// Every kind of value at its edges, read back as it was.
func TestValuesSurvive(t *testing.T) {
	w := newWorld(t)
	id := func(b byte) []byte { return []byte(strings.Repeat(string([]byte{b}), 16)) }
	w.sqlite("INSERT INTO auth_user (user_id, username, username_key, email, email_key, password, role, created_at, updated_at, banned_until, deleted, key_form) VALUES (?, 'Ünal 🦊', 'u', '', '', '', 'user', -62135596800000000, 253402300799999999, 1, 1, 1)", id(1))
	w.sqlite("INSERT INTO auth_session VALUES (?, ?, '', '', 0, 1)", id(2), id(1))
	w.sqlite("INSERT INTO room_room (room_id, name, name_key, owner_id, description, is_private, max_members, created_at, updated_at) VALUES (?, 'a', 'a', ?, NULL, 1, 4294967295, 0, 0), (?, 'b', 'b', ?, '', 0, 0, 0, 0)", id(3), id(1), id(4), id(1))
	w.sqlite("INSERT INTO message_message VALUES (?, 9007199254740993, ?, ?, ?, 'c', ?, 'text/plain', ?, 5, NULL, 7)", id(3), id(5), id(1), id(0), []byte{}, []byte{0, 255, 10})
	w.sqlite("UPDATE auth_revocation_head SET seq = 7")
	w.sqlite("UPDATE journal_epoch SET base = 3000000000")
	moved, err := w.move()
	must(t, err)
	rows := map[string]int64{}
	for _, m := range moved {
		rows[m.Table] = m.Sum.Rows
	}
	if rows["auth_user"] != 1 || rows["room_room"] != 2 || rows["message_message"] != 1 || rows["journal_epoch"] != 1 {
		t.Errorf("moved %v", rows)
	}
	var description, empty *string
	var base int64
	must(t, w.conn.QueryRow(t.Context(), "SELECT (SELECT description FROM room_room WHERE name = 'a'), (SELECT description FROM room_room WHERE name = 'b'), (SELECT base FROM journal_epoch)").Scan(&description, &empty, &base))
	if description != nil || empty == nil || base != 3_000_000_000 {
		t.Errorf("got %v, %v and %d", description, empty, base)
	}
	if _, err := w.move(); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("a second time: %v", err)
	}
}

func TestWhatCannotBeMovedLeavesNothing(t *testing.T) {
	w := newWorld(t)
	w.sqlite("INSERT INTO room_ban VALUES (?, ?, ?, 0)", make([]byte, 16), make([]byte, 16), make([]byte, 16))
	for _, c := range []struct{ set, want string }{
		{"by_id = x'01'", "room_ban.by_id"},
		{"by_id = 'not an id at all'", "room_ban.by_id"},
		{"by_id = room_id, created_at = 'yesterday'", "room_ban.created_at"},
	} {
		w.sqlite("UPDATE room_ban SET " + c.set)
		if _, err := w.move(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.set, err)
		}
	}
	w.sqlite("DELETE FROM room_ban")
	w.sqlite("INSERT INTO room_room (room_id, name, name_key, owner_id, is_private, max_members, created_at, updated_at) VALUES (?, ?, 'a', ?, 0, 0, 0, 0)", make([]byte, 16), "a\x00b", make([]byte, 16))
	if _, err := w.move(); err == nil || !strings.Contains(err.Error(), "U+0000") {
		t.Errorf("a text that PostgreSQL does not take: %v", err)
	}
	database, err := catalog.Postgres(t.Context(), w.conn)
	must(t, err)
	must(t, transfer.Empty(t.Context(), w.conn, database.Tables))
}

func TestChecksumsTellRowsApart(t *testing.T) {
	w := newWorld(t)
	sum := func(statement string) transfer.Sum {
		t.Helper()
		w.sqlite("DELETE FROM journal_user")
		w.sqlite(statement)
		file, err := catalog.SQLite(t.Context(), w.file.Read)
		must(t, err)
		database, err := catalog.Postgres(t.Context(), w.conn)
		must(t, err)
		pairs, err := transfer.Match(file, database)
		must(t, err)
		tx, err := w.file.Read.BeginTx(t.Context(), &sql.TxOptions{ReadOnly: true})
		must(t, err)
		defer tx.Rollback() //nolint:errcheck // it has read
		for _, p := range pairs {
			if p.Name == "journal_user" {
				s, err := transfer.Read(t.Context(), tx, p, func(string, int64) {}, nil)
				must(t, err)
				return s
			}
		}
		t.Fatal("there is no such table")
		return transfer.Sum{}
	}
	const insert = "INSERT INTO journal_user (user_id, seq, first_seq) VALUES "
	a := sum(insert + "(x'00000000000000000000000000000001', 1, 2), (x'00000000000000000000000000000002', 3, 4)")
	b := sum(insert + "(x'00000000000000000000000000000002', 3, 4), (x'00000000000000000000000000000001', 1, 2)")
	c := sum(insert + "(x'00000000000000000000000000000001', 3, 4), (x'00000000000000000000000000000002', 1, 2)")
	if a != b || a == c || a.Digest() == c.Digest() || a.Rows != 2 {
		t.Errorf("got %v, %v and %v", a, b, c)
	}
}
