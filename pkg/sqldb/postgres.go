package sqldb

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// session holds the parameters of every connection. A lock that is not had in
// time, or a transaction whose client stopped, must not stall a conversation;
// and an acknowledged write is on the disk.
//
// All statements find rows by keys or read bounded pages. The planner does not
// know that while a table is small: it would plan a scan of the whole, and keep
// that plan for a prepared statement as the table grows. Plans do not depend on
// the values, so each is made once.
var session = map[string]string{
	"application_name":                    "lair",
	"enable_seqscan":                      "off",
	"lock_timeout":                        "3s",
	"plan_cache_mode":                     "force_generic_plan",
	"statement_timeout":                   "30s",
	"idle_in_transaction_session_timeout": "10s",
	"synchronous_commit":                  "on",
	"timezone":                            "UTC",
}

// OpenPostgres returns a pool on the database that url names, as a URL or as
// keywords and values. It does not connect yet. Parameters in url win over
// ours. Each of seen is told the errors that the server answers with.
func OpenPostgres(ctx context.Context, url string, seen ...func(error)) (*pgxpool.Pool, error) {
	c, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, err // pgx leaves the password out of it
	}
	for name, value := range session {
		if _, ok := c.ConnConfig.RuntimeParams[name]; !ok {
			c.ConnConfig.RuntimeParams[name] = value
		}
	}
	keeps := c.ConnConfig.OnPgError
	c.ConnConfig.OnPgError = func(conn *pgconn.PgConn, e *pgconn.PgError) bool {
		for _, tell := range seen {
			tell(e)
		}
		return keeps(conn, e)
	}
	c.ConnConfig.Tracer = spans{}
	pool, err := pgxpool.NewWithConfig(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("open PostgreSQL: %w", err)
	}
	return pool, nil
}

// Standby reports whether a commit waits for a standby, and so survives the loss
// of the server.
func Standby(ctx context.Context, pool *pgxpool.Pool) (bool, error) {
	var names string
	err := pool.QueryRow(ctx, "SELECT current_setting('synchronous_standby_names')").Scan(&names)
	return names != "", err
}

// tries is how often a transaction is begun that came into conflict.
const tries = 3

// Transact runs f in a transaction, which it commits if f returns nil. If the
// transaction came into conflict with others (a deadlock, or a failure to
// serialise) f is run again, so it must set whatever it sets anew. If the disk is
// full the error is a fault of the kind Unavailable.
func Transact(ctx context.Context, pool *pgxpool.Pool, f func(pgx.Tx) error) error {
	var err error
	for range tries {
		err = pgx.BeginFunc(ctx, pool, f)
		if e, ok := errors.AsType[*pgconn.PgError](err); !ok || (e.Code != "40001" && e.Code != "40P01") {
			return Explain(err)
		}
	}
	return err
}
