package live

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	lair "github.com/lair-chat/lair/clients/go"
	"github.com/lair-chat/lair/pkg/testkit/pgserver"
)

// postgresEnds has PostgreSQL shut down, and start again on the same data.
func postgresEnds(t *testing.T, s *system) func() {
	t.Helper()
	at, err := url.Parse(s.Postgres)
	must(t, err)
	dir := at.Query().Get("host")
	text, err := os.ReadFile(filepath.Join(dir, "data", "postmaster.pid"))
	must(t, err)
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(first)
	must(t, err)
	must(t, syscall.Kill(pid, syscall.SIGINT))
	return func() {
		again, err := pgserver.Start(context.WithoutCancel(t.Context()), pgserver.Options{Dir: dir, Durable: true})
		if err != nil {
			t.Error(err)
			return
		}
		s.test.Cleanup(again.Halt)
	}
}

// noRoom has PostgreSQL answer as it does when its disk is full. To fill one takes
// a file system of its own.
func noRoom(t *testing.T, s *system) func() {
	t.Helper()
	db := s.sql(t)
	run(t, db, `CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
		'BEGIN RAISE EXCEPTION ''no space left on device'' USING ERRCODE = ''53100''; END'`)
	run(t, db, `CREATE TRIGGER no_room BEFORE INSERT ON message_message FOR EACH ROW EXECUTE FUNCTION no_room()`)
	return func() { run(t, db, `DROP FUNCTION no_room CASCADE`) }
}

// locks keeps everybody from the messages, and has more of them asked for than the
// service has connections.
func locks(t *testing.T, s *system) func() {
	t.Helper()
	db := s.sql(t)
	run(t, db, `BEGIN`)
	run(t, db, `LOCK TABLE message_message IN ACCESS EXCLUSIVE MODE`)
	var all []func()
	for _, hall := range s.crowd.halls {
		all = append(all, repeat(t, 50*time.Millisecond, func(ctx context.Context) {
			_, _ = s.crowd.Messages(ctx, lair.MessagesQuery{Target: hall}) // they fail in the end
		}))
	}
	return func() {
		run(t, db, `ROLLBACK`)
		for _, enough := range all {
			enough()
		}
	}
}

// crowds takes nine in ten connections.
func crowds(t *testing.T, s *system) func() {
	t.Helper()
	db := s.sql(t)
	var free int
	must(t, db.QueryRow(t.Context(), `SELECT (0.92 * current_setting('max_connections')::int)::int - count(*)
		FROM pg_stat_activity WHERE datname IS NOT NULL`).Scan(&free))
	var all []*pgx.Conn
	for range free {
		all = append(all, s.sql(t))
	}
	return func() {
		for _, db := range all {
			_ = db.Close(context.WithoutCancel(t.Context()))
		}
	}
}

// slot keeps the log for a standby that does not come.
func slot(t *testing.T, s *system) func() {
	t.Helper()
	db := s.sql(t)
	run(t, db, `SELECT pg_create_physical_replication_slot('standby', true)`)
	return func() { run(t, db, `SELECT pg_drop_replication_slot('standby')`) }
}

// schema has the tables of room say that they are of an older or a newer form.
func schema(by int) func(*testing.T, *system) func() {
	return func(t *testing.T, s *system) func() {
		t.Helper()
		db := s.sql(t)
		var newest int
		must(t, db.QueryRow(t.Context(), `SELECT max(version_id) FROM room_version`).Scan(&newest))
		if by < 0 {
			run(t, db, `UPDATE room_version SET version_id = -version_id WHERE version_id = $1`, newest)
			return func() { run(t, db, `UPDATE room_version SET version_id = -version_id WHERE version_id = $1`, -newest) }
		}
		run(t, db, `INSERT INTO room_version (version_id, is_applied) VALUES ($1, true)`, newest+by)
		return func() { run(t, db, `DELETE FROM room_version WHERE version_id = $1`, newest+by) }
	}
}

func (s *system) sql(t *testing.T) *pgx.Conn {
	t.Helper()
	db, err := pgx.Connect(t.Context(), s.Postgres)
	must(t, err)
	t.Cleanup(func() { _ = db.Close(context.Background()) })
	return db
}

func run(t *testing.T, db *pgx.Conn, sql string, args ...any) {
	t.Helper()
	if _, err := db.Exec(context.WithoutCancel(t.Context()), sql, args...); err != nil {
		t.Errorf("%s: %v", sql, err)
	}
}
