package backup

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/lair-chat/lair/pkg/sqldb"
	journalsqlite "github.com/lair-chat/lair/services/internal/journal/sqlite"
)

// Target is where a backup is brought back to. None of the files may be there, but
// the secret if it is the same.
type Target struct {
	Data   string
	Secret string
	// Migrate brings the tables of a file to the form of the release.
	Migrate func(ctx context.Context, file *sqldb.SQLite) error
}

// Restore makes a data file and a secret of a backup, and begins a new epoch: clients
// are told to begin anew. The data file appears last and whole. secret says whether
// the backup had one.
func Restore(ctx context.Context, from string, t Target) (secret bool, err error) {
	for _, path := range []string{t.Data, t.Data + "-wal", t.Data + "-journal"} {
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			return false, exists(path, err)
		}
	}
	part := t.Data + ".part"
	if err := copyFile(from, part); err != nil {
		return false, leftover(part, err)
	}
	defer func() {
		for _, path := range []string{part, part + "-wal", part + "-shm"} {
			_ = os.Remove(path) // linked by then, or of no use
		}
	}()
	text, err := unmark(ctx, part, t)
	if err != nil {
		return false, fmt.Errorf("restore %s: %w", from, err)
	}
	if text != "" {
		if err := keepSecret(t.Secret, text); err != nil {
			return false, err
		}
	}
	if err := syncFile(part); err != nil {
		return false, err
	}
	if err := os.Link(part, t.Data); err != nil {
		return false, exists(t.Data, err)
	}
	return text != "", syncFile(filepath.Dir(t.Data))
}

// unmark makes a data file of a copy of a backup, and returns the secret.
func unmark(ctx context.Context, path string, t Target) (secret string, err error) {
	file, err := sqldb.OpenSQLite(ctx, path)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if err := t.Migrate(ctx, file); err != nil {
		return "", err
	}
	return secret, file.Update(ctx, func(tx *sql.Tx) error {
		if err := tx.QueryRowContext(ctx, "SELECT secret FROM "+mark).Scan(&secret); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DROP TABLE "+mark); err != nil {
			return err
		}
		return journalsqlite.BeginEpoch(ctx, tx)
	})
}

func keepSecret(path, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the operator's own folder
	if errors.Is(err, fs.ErrExist) {
		old, err := os.ReadFile(path) //nolint:gosec // the operator's own folder
		if err == nil && strings.TrimSpace(string(old)) != text {
			err = fmt.Errorf("%s is there already with another secret, move it away", path)
		}
		return err
	}
	if err != nil {
		return err
	}
	_, err = f.WriteString(text + "\n")
	return errors.Join(err, f.Sync(), f.Close())
}

func copyFile(from, to string) error {
	in, err := os.Open(from) //nolint:gosec // the operator's own file
	if err != nil {
		return err
	}
	defer in.Close()                                                      // it is read
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the operator's own file
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
