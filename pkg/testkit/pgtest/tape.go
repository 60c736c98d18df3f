package pgtest

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Statement is what was sent to the database.
type Statement struct {
	SQL  string
	Args []any
}

// Tape notes the statements of a pool, those of batches one by one.
type Tape struct {
	mu   sync.Mutex
	list []Statement
}

// Traced is New with a tape of what goes to the database.
func Traced(tb testing.TB) (*pgxpool.Pool, *Tape) {
	tb.Helper()
	tape := &Tape{}
	c := New(tb).Config()
	c.ConnConfig.Tracer = tape
	pool, err := pgxpool.NewWithConfig(tb.Context(), c)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(pool.Close)
	return pool, tape
}

// Take returns what was sent since the last time.
func (t *Tape) Take() []Statement {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := t.list
	t.list = nil
	return list
}

// Named returns the statement of the queries of sqlc that has the name.
func Named(tb testing.TB, list []Statement, name string) Statement {
	tb.Helper()
	for _, s := range list {
		if strings.HasPrefix(s.SQL, "-- name: "+name+" ") {
			return s
		}
	}
	tb.Fatalf("no statement %s among %d", name, len(list))
	return Statement{}
}

// Plan returns how PostgreSQL carries a statement out.
func Plan(tb testing.TB, pool *pgxpool.Pool, s Statement) string {
	tb.Helper()
	rows, err := pool.Query(tb.Context(), "EXPLAIN "+s.SQL, s.Args...)
	if err != nil {
		tb.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		tb.Fatal(err)
	}
	return strings.Join(lines, "\n")
}

func (t *Tape) note(sql string, args []any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.list = append(t.list, Statement{sql, args})
}

// TraceQueryStart implements pgx.QueryTracer.
func (t *Tape) TraceQueryStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceQueryStartData) context.Context {
	t.note(d.SQL, d.Args)
	return ctx
}

// TraceQueryEnd implements pgx.QueryTracer.
func (t *Tape) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// TraceBatchStart implements pgx.BatchTracer.
func (t *Tape) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	return ctx
}

// TraceBatchQuery implements pgx.BatchTracer.
func (t *Tape) TraceBatchQuery(_ context.Context, _ *pgx.Conn, d pgx.TraceBatchQueryData) {
	t.note(d.SQL, d.Args)
}

// TraceBatchEnd implements pgx.BatchTracer.
func (t *Tape) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}
