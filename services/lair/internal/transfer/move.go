package transfer

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/lair-chat/lair/services/lair/internal/catalog"
)

// seeds are the tables that migrations put a row into, and what that has in a database
// that was not used.
var seeds = map[string]string{"auth_revocation_head": "seq = 0", "journal_epoch": "base = 0"}

// Empty returns an error that names a table with rows.
func Empty(ctx context.Context, db catalog.Querier, tables []catalog.Table) error {
	for _, t := range tables {
		query := "SELECT EXISTS (SELECT FROM " + catalog.Quote(t.Name) + ")"
		if fresh, ok := seeds[t.Name]; ok {
			query = "SELECT EXISTS (SELECT FROM " + catalog.Quote(t.Name) + " WHERE NOT (" + fresh + "))"
		}
		var used bool
		if err := db.QueryRow(ctx, query).Scan(&used); err != nil {
			return err
		}
		if used {
			return fmt.Errorf("the database is not empty: there are rows in %s", t.Name)
		}
	}
	return nil
}

// Moved is what became of a table.
type Moved struct {
	Table string
	Sum   Sum
}

// Move copies all tables in one transaction, which is committed if both sides have the
// same rows, and nothing else. Nobody else gets at the database meanwhile.
func Move(ctx context.Context, from *sql.Tx, to *pgx.Conn, file catalog.Catalog, progress Progress) (moved []Moved, err error) {
	err = pgx.BeginFunc(ctx, to, func(tx pgx.Tx) error {
		database, err := catalog.Postgres(ctx, tx)
		if err != nil {
			return err
		}
		pairs, err := Match(file, database)
		if err != nil {
			return err
		}
		names := make([]string, len(pairs))
		for i, p := range pairs {
			names[i] = catalog.Quote(p.Name)
		}
		if _, err := tx.Exec(ctx, "LOCK TABLE "+strings.Join(names, ", ")+" IN ACCESS EXCLUSIVE MODE"); err != nil {
			return err
		}
		if err := Empty(ctx, tx, database.Tables); err != nil {
			return err
		}
		for _, name := range slices.Sorted(maps.Keys(seeds)) {
			if _, err := tx.Exec(ctx, "DELETE FROM "+catalog.Quote(name)); err != nil {
				return err
			}
		}
		for _, p := range pairs {
			sum, err := Copy(ctx, from, tx, p, progress)
			if err != nil {
				return fmt.Errorf("copy %s: %w", p.Name, err)
			}
			back, err := ReadPostgres(ctx, tx, p, func(string, int64) {})
			if err != nil {
				return fmt.Errorf("read %s again: %w", p.Name, err)
			}
			if back != sum {
				return fmt.Errorf("%s is not the same on both sides: %d rows %s, then %d rows %s", p.Name, sum.Rows, sum.Digest(), back.Rows, back.Digest())
			}
			moved = append(moved, Moved{p.Name, sum})
		}
		return nil
	})
	return moved, err
}
