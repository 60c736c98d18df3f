package sqlitetest

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"sync"
	"testing"

	"github.com/lair-chat/lair/pkg/sqldb"
)

// Tape notes the statements that read a file.
type Tape struct {
	mu   sync.Mutex
	list []string
}

// Traced is New with a tape of what is read.
func Traced(tb testing.TB) (*sqldb.SQLite, *Tape) {
	tb.Helper()
	file := New(tb)
	var path, schema string
	var n int
	if err := file.Read.QueryRowContext(tb.Context(), "PRAGMA database_list").Scan(&n, &schema, &path); err != nil {
		tb.Fatal(err)
	}
	tape := &Tape{}
	traced := sql.OpenDB(connector{file.Read.Driver(), "file:" + path + "?_pragma=query_only(1)&_pragma=busy_timeout(5000)", tape})
	if err := file.Read.Close(); err != nil {
		tb.Fatal(err)
	}
	file.Read = traced
	return file, tape
}

// Take returns what was read since the last time.
func (t *Tape) Take() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := t.list
	t.list = nil
	return list
}

func (t *Tape) note(text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.list = append(t.list, text)
}

// connector opens connections that note what they are asked.
type connector struct {
	driver driver.Driver
	dsn    string
	tape   *Tape
}

func (c connector) Driver() driver.Driver { return c.driver }

func (c connector) Connect(context.Context) (driver.Conn, error) {
	below, err := c.driver.Open(c.dsn)
	return conn{below, c.tape}, err
}

type conn struct {
	driver.Conn
	tape *Tape
}

// QueryContext implements driver.QueryerContext.
func (c conn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	c.tape.note(text)
	return c.Conn.(driver.QueryerContext).QueryContext(ctx, text, args) //nolint:forcetypeassert // the driver has it
}
