package backup

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/lair-chat/lair/services/lair/internal/catalog"
)

// Report is what a good backup has.
type Report struct {
	MadeAt  time.Time
	MadeBy  string // the release
	Secret  bool   // is in it
	Older   error  // why a restore migrates it; nil if it need not
	Catalog catalog.Catalog
	Rows    map[string]int64 // of each table
}

// Verify reads a backup whole and returns what it has. The error says why it is of no
// use to this release.
func Verify(ctx context.Context, path string, release catalog.Catalog) (Report, error) {
	r, err := verify(ctx, path, release)
	if err != nil {
		return r, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}

func verify(ctx context.Context, path string, release catalog.Catalog) (r Report, err error) {
	if _, err := os.Stat(path); err != nil {
		return r, err
	}
	db, err := open(path, "mode=ro&immutable=1")
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	is, err := marked(ctx, db)
	if err != nil {
		return r, err
	}
	if !is {
		return r, errors.New("it is no backup, or not a whole one")
	}
	if err := sound(ctx, db); err != nil {
		return r, err
	}
	var at int64
	var secret string
	if err := db.QueryRowContext(ctx, "SELECT made_at, made_by, secret FROM "+mark).Scan(&at, &r.MadeBy, &secret); err != nil {
		return r, err
	}
	r.MadeAt, r.Secret = time.UnixMicro(at).UTC(), secret != ""
	if r.Catalog, err = catalog.SQLite(ctx, db); err != nil {
		return r, err
	}
	if err := r.Catalog.Age(release); err != nil {
		if _, older := errors.AsType[*catalog.OlderError](err); !older {
			return r, err
		}
		r.Older = err
	}
	r.Rows = map[string]int64{}
	for _, t := range r.Catalog.Tables {
		if t.Name == mark {
			continue
		}
		var n int64
		if err := db.QueryRowContext(ctx, "SELECT count(*) FROM "+catalog.Quote(t.Name)).Scan(&n); err != nil {
			return r, err
		}
		r.Rows[t.Name] = n
	}
	return r, nil
}

// sound reads every page, every index, and who refers to whom.
func sound(ctx context.Context, db *sql.DB) error {
	var said string
	if err := db.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&said); err != nil {
		return err
	}
	if said != "ok" {
		return fmt.Errorf("it is damaged: %s", strings.ReplaceAll(said, "\n", " "))
	}
	var table string
	err := db.QueryRowContext(ctx, `SELECT "table" FROM pragma_foreign_key_check LIMIT 1`).Scan(&table)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil {
		err = fmt.Errorf("it is damaged: rows of %s refer to nothing", table)
	}
	return err
}
