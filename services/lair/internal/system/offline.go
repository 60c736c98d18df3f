package system

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/lair-chat/lair/pkg/sqldb"
)

// Offline returns an error if somebody uses a data file at this moment: what is to be
// done to it must not be done under a running server.
func Offline(ctx context.Context, path string) error {
	// A process that has a file in WAL mode open holds a lock on it, and with this mode
	// one asks for all of it.
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?mode=rw&_pragma=busy_timeout(0)&_pragma=locking_mode(EXCLUSIVE)")
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	_, err = db.ExecContext(ctx, "BEGIN EXCLUSIVE; ROLLBACK")
	if err := errors.Join(err, db.Close()); err != nil {
		if sqldb.Away(err) {
			return fmt.Errorf("%s is in use: stop lair serve first", path)
		}
		return err
	}
	return nil
}

// Offline returns an error if somebody uses the database that the configuration names. A
// data file that is not there is used by nobody.
func (c Config) Offline(ctx context.Context) error {
	path, isFile, err := c.SQLitePath()
	if err != nil {
		return err
	}
	if isFile {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return Offline(ctx, path)
	}
	conn, err := ConnectPostgres(ctx, c.Database.URL)
	if err != nil {
		return err
	}
	return errors.Join(OfflinePostgres(ctx, conn), conn.Close(context.WithoutCancel(ctx)))
}

const users = `
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'lair' AND pid <> pg_backend_pid()`

// OfflinePostgres does the same for a database. It sees the connections of services,
// unless a pooler stands between. PostgreSQL lists a connection for a moment after
// it was closed, so those that are there get that long to go.
func OfflinePostgres(ctx context.Context, conn *pgx.Conn) error {
	for end := time.Now().Add(goneAfter); ; {
		var n int
		if err := conn.QueryRow(ctx, users).Scan(&n); err != nil || n == 0 {
			return err
		}
		if time.Now().After(end) {
			return fmt.Errorf("%d connections of Lair Chat use the database: stop lair serve, or auth, room and message, first", n)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// goneAfter is how long a closed connection may still be listed.
const goneAfter = 3 * time.Second

// ConnectPostgres returns a connection for a tool: no statement is too long.
func ConnectPostgres(ctx context.Context, url string) (*pgx.Conn, error) {
	pool, err := pgxpool.ParseConfig(url) // which may have words for a pool
	if err != nil {
		return nil, err // pgx leaves the password out of it
	}
	c := pool.ConnConfig
	maps.Copy(c.RuntimeParams, map[string]string{"application_name": "lair tool", "synchronous_commit": "on", "timezone": "UTC"})
	return pgx.ConnectConfig(ctx, c)
}
