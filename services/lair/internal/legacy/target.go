package legacy

import (
	"context"
	"database/sql"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/lair-chat/lair/services/lair/internal/catalog"
	"github.com/lair-chat/lair/services/lair/internal/transfer"
)

// Target is a transaction on a database of ours. Values are as in SQLite: ids as 16
// bytes, times as microseconds, booleans as 0 and 1.
type Target interface {
	// query gives the rows of a question to take. Booleans come as numbers.
	query(ctx context.Context, text string, take func([]any) error) error
	insert(ctx context.Context, table string, columns []string, rows [][]any) error
	// update runs a statement with ? for its values.
	update(ctx context.Context, text string, args ...any) error
}

type sqlite struct{ tx *sql.Tx }

// SQLite is a transaction on a file.
func SQLite(tx *sql.Tx) Target { return sqlite{tx} }

func (s sqlite) query(ctx context.Context, text string, take func([]any) error) error {
	rows, err := s.tx.QueryContext(ctx, text)
	if err != nil {
		return err
	}
	defer rows.Close() // it is read
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if err := take(values); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (s sqlite) insert(ctx context.Context, table string, columns []string, rows [][]any) error {
	stmt, err := s.tx.PrepareContext(ctx, "INSERT INTO "+table+" ("+strings.Join(columns, ", ")+") VALUES (?"+strings.Repeat(", ?", len(columns)-1)+")") //nolint:gosec // our own words
	if err != nil {
		return err
	}
	defer stmt.Close() // it has run
	for _, row := range rows {
		if _, err := stmt.ExecContext(ctx, row...); err != nil {
			return err
		}
	}
	return nil
}

func (s sqlite) update(ctx context.Context, text string, args ...any) error {
	_, err := s.tx.ExecContext(ctx, text, args...)
	return err
}

type postgres struct {
	tx    pgx.Tx
	types map[string]string // of "table.column"
}

// Postgres is a transaction on a database.
func Postgres(ctx context.Context, tx pgx.Tx) (Target, error) {
	c, err := catalog.Postgres(ctx, tx)
	if err != nil {
		return nil, err
	}
	p := postgres{tx, map[string]string{}}
	for _, t := range c.Tables {
		for _, col := range t.Columns {
			p.types[t.Name+"."+col.Name] = col.Type
		}
	}
	return p, nil
}

func (p postgres) query(ctx context.Context, text string, take func([]any) error) error {
	rows, err := p.tx.Query(ctx, text)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		values, err := rows.Values()
		if err != nil {
			return err
		}
		for i, v := range values {
			switch v := v.(type) {
			case [16]byte:
				values[i] = v[:]
			case int16:
				values[i] = int64(v)
			case int32:
				values[i] = int64(v)
			case bool:
				values[i] = int64(0)
				if v {
					values[i] = int64(1)
				}
			}
		}
		if err := take(values); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (p postgres) insert(ctx context.Context, table string, columns []string, rows [][]any) error {
	_, err := p.tx.CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromSlice(len(rows), func(i int) ([]any, error) {
		out := make([]any, len(columns))
		for n, v := range rows[i] {
			out[n] = transfer.Native(p.types[table+"."+columns[n]], v)
		}
		return out, nil
	}))
	return err
}

func (p postgres) update(ctx context.Context, text string, args ...any) error {
	for i, a := range args {
		text = strings.Replace(text, "?", "$"+strconv.Itoa(i+1), 1)
		if raw, ok := a.([]byte); ok && len(raw) == 16 {
			args[i] = [16]byte(raw)
		}
	}
	_, err := p.tx.Exec(ctx, text, args...)
	return err
}
