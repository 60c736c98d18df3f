package sqldb

import (
	"errors"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/lair-chat/lair/pkg/fault"
)

// Full reports whether an error of a database means that its disk has no room
// for what was to be written. Such an error is also Away.
func Full(err error) bool {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code == "53100" // disk_full
	}
	if e, ok := errors.AsType[interface {
		error
		Code() int
	}](err); ok {
		// The second is what SQLite says if it is the index of its log that cannot grow.
		return e.Code()&0xff == 13 || e.Code() == 10|19<<8
	}
	return false
}

// Explain gives an error that says that there is no room the words that clients
// may see. Others stay as they are. Update and Transact do it.
func Explain(err error) error {
	if err == nil || !Full(err) {
		return err
	}
	return fault.Wrap(err, fault.Unavailable, "unavailable", "the disk of the server is full, try again later")
}
