// Package backup copies the data file of lair serve while it is in use, and brings
// such a copy back.
//
// A backup is one file: the data, and the secret without which the keys in it are of
// no use. It is a SQLite file that lair serve refuses, because it must not be served
// as it is: clients may have seen more than it has (journal.Step).
package backup

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
)

// mark is the table that makes a backup of a data file. It is written last.
const mark = "lair_backup"

// Source is what is to be backed up.
type Source struct {
	Data    string // the data file
	Secret  string // empty if it is kept elsewhere
	Release string // that makes the backup
	Now     time.Time
}

// Make writes a backup to a file that must not be there. What was committed before
// the call is in it, and it is on the disk when Make returns. Whoever uses the data
// goes on meanwhile.
func Make(ctx context.Context, s Source, to string) (err error) {
	if _, err := os.Lstat(s.Data); err != nil {
		return fmt.Errorf("there is nothing to back up: %w", err)
	}
	if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
		return exists(to, err)
	}
	part := to + ".part"
	// Of two backups to one file the second fails here. VACUUM INTO takes a file
	// that is empty, and leaves its mode alone.
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the operator's own file
	if err != nil {
		return leftover(part, err)
	}
	defer os.Remove(part) // linked by then, or of no use
	if err := f.Close(); err != nil {
		return err
	}
	if err := copyInto(ctx, s, part); err != nil {
		return err
	}
	if err := syncFile(part); err != nil {
		return err
	}
	// Unlike a renaming, a link never replaces a file.
	if err := os.Link(part, to); err != nil {
		return exists(to, err)
	}
	return syncFile(filepath.Dir(to))
}

func exists(path string, err error) error {
	if err == nil || errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already, name another file", path)
	}
	return err
}

func leftover(part string, err error) error {
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there: another one is at work, or was broken off, then remove it", part)
	}
	return err
}

func copyInto(ctx context.Context, s Source, part string) error {
	from, err := open(s.Data, "mode=ro&_pragma=busy_timeout(5000)")
	if err != nil {
		return err
	}
	_, err = from.ExecContext(ctx, "VACUUM INTO ?", part)
	if err := errors.Join(err, from.Close()); err != nil {
		return fmt.Errorf("copy %s: %w", s.Data, err)
	}
	to, err := open(part, "mode=rw&_pragma=journal_mode(DELETE)&_pragma=synchronous(FULL)")
	if err != nil {
		return err
	}
	tx, err := to.BeginTx(ctx, nil)
	if err == nil {
		err = write(ctx, tx, s)
		if err == nil {
			err = tx.Commit()
		} else {
			err = errors.Join(err, tx.Rollback())
		}
	}
	return errors.Join(err, to.Close())
}

func write(ctx context.Context, tx *sql.Tx, s Source) error {
	if _, err := tx.ExecContext(ctx, "CREATE TABLE "+mark+" (made_at INTEGER NOT NULL, made_by TEXT NOT NULL, secret TEXT NOT NULL)"); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO "+mark+" VALUES (?, ?, ?)", s.Now.UnixMicro(), s.Release, s.Secret)
	return err
}

// Refuse returns an error if the file is a backup, which must be restored first.
func Refuse(ctx context.Context, db *sql.DB, path string) error {
	is, err := marked(ctx, db)
	if err == nil && is {
		return fault.New(fault.Invalid, "config_error", "%s is a backup: bring it back with lair restore", path)
	}
	return err
}

func marked(ctx context.Context, db *sql.DB) (bool, error) {
	var n int
	err := db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?", mark).Scan(&n)
	return n > 0, err
}

func open(path, options string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+options)
	if err == nil {
		db.SetMaxOpenConns(1)
	}
	return db, err
}

// syncFile brings a file or a folder to the disk.
func syncFile(path string) error {
	f, err := os.Open(path) //nolint:gosec // the operator's own file
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
