// Package pgtest gives a test a PostgreSQL database of its own, in a server
// that lives as long as the test binary.
package pgtest

import (
	"context"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/lair-chat/lair/pkg/sqldb"
	"github.com/lair-chat/lair/pkg/testkit/pgserver"
)

var (
	boot = sync.OnceValues(func() (*pgserver.Server, error) {
		s, err := pgserver.Start(context.Background(), pgserver.Options{})
		running.Store(s)
		return s, err
	})
	running atomic.Pointer[pgserver.Server]
	count   atomic.Int64
)

// Main runs the tests of a package and then stops the server, if one was
// started.
func Main(m *testing.M) {
	code := m.Run()
	if s := running.Load(); s != nil {
		if err := s.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	os.Exit(code)
}

// New returns a pool on an empty database, which is dropped after the test.
func New(tb testing.TB) *pgxpool.Pool {
	tb.Helper()
	pool, err := sqldb.OpenPostgres(tb.Context(), URL(tb))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(pool.Close)
	return pool
}

// URL returns the URL of an empty database, which is dropped after the test.
func URL(tb testing.TB) string {
	tb.Helper()
	server, err := boot()
	if err != nil {
		tb.Fatal(err)
	}
	name := fmt.Sprintf("test_%d", count.Add(1))
	admin(tb, server, "CREATE DATABASE "+name)
	tb.Cleanup(func() { admin(tb, server, "DROP DATABASE "+name+" WITH (FORCE)") })
	return server.URL(name)
}

func admin(tb testing.TB, server *pgserver.Server, statement string) {
	tb.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, server.URL("postgres"))
	if err != nil {
		tb.Fatal(err)
	}
	defer conn.Close(ctx) // a test's own connection
	if _, err := conn.Exec(ctx, statement); err != nil {
		tb.Fatal(err)
	}
}
