package sqldb

import (
	"context"
	"database/sql"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Count is how many rows a table has. Counting a large one would read all of
// it, so past a bound it is not exact.
type Count struct {
	N     int64
	Exact bool
}

// CountPostgres counts the rows of a table up to a bound. If there are more, N
// is what the last vacuum or analyze found, and at least one more than the
// bound.
func CountPostgres(ctx context.Context, pool *pgxpool.Pool, table string, bound int64) (Count, error) {
	var n int64
	name := pgx.Identifier{table}.Sanitize()
	err := pool.QueryRow(ctx, "SELECT count(*) FROM (SELECT 1 FROM "+name+" LIMIT $1) AS counted", bound+1).Scan(&n)
	if err != nil || n <= bound {
		return Count{n, true}, err
	}
	var estimate int64
	err = pool.QueryRow(ctx, "SELECT reltuples::bigint FROM pg_class WHERE oid = $1::text::regclass", name).Scan(&estimate)
	return Count{max(n, estimate), false}, err
}

// CountSQLite counts the rows of a table up to a bound. If there are more, N is
// one more than the bound.
func CountSQLite(ctx context.Context, db *sql.DB, table string, bound int64) (Count, error) {
	var n int64
	name := pgx.Identifier{table}.Sanitize() // quoted as in PostgreSQL
	err := db.QueryRowContext(ctx, "SELECT count(*) FROM (SELECT 1 FROM "+name+" LIMIT ?)", bound+1).Scan(&n)
	return Count{n, n <= bound}, err
}
