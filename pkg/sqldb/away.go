package sqldb

import (
	"context"
	"errors"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
)

// Away reports whether an error of a database, or of Redis, means that it
// cannot be used now: it is down, starts, is full or busy, or did not answer in
// time. The same request may succeed later.
func Away(err error) bool {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return awaySQLState(e.Code)
	}
	if e, ok := errors.AsType[interface {
		error
		Code() int
	}](err); ok && awaySQLite(e.Code()) {
		return true
	}
	_, connecting := errors.AsType[*pgconn.ConnectError](err)
	_, network := errors.AsType[net.Error](err)
	return connecting || network || pgconn.SafeToRetry(err) || pgconn.Timeout(err) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, context.DeadlineExceeded)
}

// awaySQLState knows the codes of PostgreSQL (its manual, appendix A).
func awaySQLState(code string) bool {
	switch code {
	case "55P03", // a lock was not had in time
		"57P01", "57P02", "57P03", "57P04", "57P05", // it stops, crashed, or starts
		"57014",          // a statement took too long
		"25P03",          // a transaction was idle for too long
		"40001", "40P01": // given up for another transaction
		return true
	}
	class := code[:min(2, len(code))]
	return class == "08" || class == "53" || class == "58" // connection, resources, system
}

// awaySQLite knows the result codes of SQLite (sqlite.org/rescode.html); the
// low byte is the code, the rest is detail.
func awaySQLite(code int) bool {
	switch code & 0xff {
	case 5, 6, 10, 13: // busy, locked, input or output failed, full
		return true
	}
	return false
}
