package sqldb_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/lair-chat/lair/pkg/sqldb"
	"github.com/lair-chat/lair/pkg/testkit/pgtest"
	"github.com/lair-chat/lair/pkg/testkit/redistest"
)

type sqliteError int

func (sqliteError) Error() string { return "sqlite" }
func (e sqliteError) Code() int   { return int(e) }

func TestAwayKnowsWhatMaySucceedLater(t *testing.T) {
	for _, err := range []error{
		&pgconn.PgError{Code: "57P03"}, &pgconn.PgError{Code: "53300"}, &pgconn.PgError{Code: "08006"},
		sqliteError(5), sqliteError(13), sqliteError(5 | 2<<8), io.ErrUnexpectedEOF, context.DeadlineExceeded,
		&net.OpError{Op: "dial", Err: errors.New("refused")},
	} {
		if !sqldb.Away(fmt.Errorf("ask: %w", err)) {
			t.Errorf("%v is for ever", err)
		}
	}
	for _, err := range []error{
		nil, errors.New("a bug"), &pgconn.PgError{Code: "42P01"}, &pgconn.PgError{Code: "23505"},
		&pgconn.PgError{Code: ""}, sqliteError(1), sqliteError(19), context.Canceled,
	} {
		if sqldb.Away(err) {
			t.Errorf("%v will pass", err)
		}
	}
}

func TestServerThatIsDownIsAway(t *testing.T) {
	pool, err := sqldb.OpenPostgres(t.Context(), "postgres://x@/x?host="+t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if err := pool.Ping(t.Context()); !sqldb.Away(err) {
		t.Errorf("PostgreSQL that is not there: %v", err)
	}
	if _, err := pgtest.New(t).Exec(t.Context(), "SELECT * FROM nothing"); err == nil || sqldb.Away(err) {
		t.Errorf("a table that is not there: %v", err)
	}
	server := redistest.Server(t)
	client := redistest.Client(t, server)
	server.Kill()
	if err := client.Ping(t.Context()).Err(); !sqldb.Away(err) {
		t.Errorf("Redis that is not there: %v", err)
	}
}
