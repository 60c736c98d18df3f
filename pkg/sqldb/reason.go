package sqldb

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// reason says in a span why a statement failed. It is never the text of the error:
// PostgreSQL and pgx quote values in theirs, which may be what somebody wrote.
func reason(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return "SQLSTATE " + e.Code
	}
	for _, known := range []error{context.Canceled, context.DeadlineExceeded, pgx.ErrNoRows, pgx.ErrTxClosed} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return "failed"
}
