// Package sqldb opens the databases that the system runs on and brings them to
// the form that a service expects.
package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/lair-chat/lair/pkg/fault"
)

// sqliteReaders bounds the connections that read a file at once.
const sqliteReaders = 8

// SQLite is one file of data. All writes go through one connection, one after
// the other; readers see the last commit and never wait.
type SQLite struct {
	Write, Read *sql.DB
	// Seen is told the error of each Update that failed; nil is nobody. It is set
	// before the first.
	Seen func(error)
}

// OpenSQLite opens the file at path, which is made, readable by its owner only,
// if it is not there. A commit is on the disk when it returns. The program must
// link a driver of the name "sqlite". A file of Lair Chat 0.8 is refused with
// the kind Invalid.
func OpenSQLite(ctx context.Context, path string) (*SQLite, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // the operator's own file
	if err != nil {
		return nil, fmt.Errorf("open the data file: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	s := &SQLite{}
	if s.Write, err = sql.Open("sqlite", dsn(path, "_txlock=immediate")); err != nil {
		return nil, err
	}
	s.Write.SetMaxOpenConns(1)
	if s.Read, err = sql.Open("sqlite", dsn(path, "_pragma=query_only(1)")); err != nil {
		return nil, errors.Join(err, s.Write.Close())
	}
	s.Read.SetMaxOpenConns(sqliteReaders)
	s.Read.SetMaxIdleConns(sqliteReaders)
	if err := s.check(ctx, path); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func dsn(path, option string) string {
	pragmas := []string{
		option,
		"_pragma=busy_timeout(5000)", "_pragma=journal_mode(WAL)", "_pragma=synchronous(FULL)",
		"_pragma=foreign_keys(1)", "_pragma=cache_size(-16000)",
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + strings.Join(pragmas, "&")
}

// check refuses a file that is no database, and one of Lair Chat 0.8, whose
// tables must not be mixed with ours.
func (s *SQLite) check(ctx context.Context, path string) error {
	var n int
	const q = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = '_migrations'"
	if err := s.Write.QueryRowContext(ctx, q).Scan(&n); err != nil {
		return fmt.Errorf("open the data file %s: %w", path, err)
	}
	if n > 0 {
		return fault.New(fault.Invalid, "config_error",
			"%s is a file of Lair Chat 0.8: name a new file, into which lair import-0.8 takes it over", path)
	}
	return nil
}

// Update runs f in a transaction that holds the file for writing from its
// beginning. It commits if f returns nil. If the disk is full the error is a
// fault of the kind Unavailable.
func (s *SQLite) Update(ctx context.Context, f func(*sql.Tx) error) error {
	err := s.update(ctx, f)
	if err != nil && s.Seen != nil {
		s.Seen(err)
	}
	return Explain(err)
}

func (s *SQLite) update(ctx context.Context, f func(*sql.Tx) error) error {
	if parent := trace.SpanFromContext(ctx); parent.IsRecording() {
		_, span := parent.TracerProvider().Tracer("sql").Start(ctx, "sql transaction",
			trace.WithAttributes(attribute.String("db.system.name", "sqlite")))
		defer span.End()
	}
	tx, err := s.Write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // a commit came first, or an error is being returned
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// Close closes both sides of the file.
func (s *SQLite) Close() error { return errors.Join(s.Read.Close(), s.Write.Close()) }
