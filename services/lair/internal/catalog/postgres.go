package catalog

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Querier is a connection to PostgreSQL or a transaction on it.
type Querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

const tablesOf = `
SELECT c.table_name::text, c.column_name::text, c.data_type::text, c.is_nullable = 'YES'
FROM information_schema.columns c JOIN information_schema.tables t
	ON t.table_schema = c.table_schema AND t.table_name = c.table_name
WHERE t.table_type = 'BASE TABLE' AND t.table_schema = current_schema()
ORDER BY c.table_name COLLATE "C", c.column_name COLLATE "C"`

const needsOf = `
SELECT r.relname::text, f.relname::text
FROM pg_constraint k JOIN pg_class r ON r.oid = k.conrelid JOIN pg_class f ON f.oid = k.confrelid
WHERE k.contype = 'f' AND r.relnamespace = current_schema()::regnamespace`

// Postgres reads the catalog of a database.
func Postgres(ctx context.Context, db Querier) (Catalog, error) {
	rows, err := db.Query(ctx, tablesOf)
	if err != nil {
		return Catalog{}, err
	}
	var tables []Table
	var name string
	var col Column
	_, err = pgx.ForEachRow(rows, []any{&name, &col.Name, &col.Type, &col.Nullable}, func() error {
		if n := len(tables); n == 0 || tables[n-1].Name != name {
			tables = append(tables, Table{Name: name})
		}
		t := &tables[len(tables)-1]
		t.Columns = append(t.Columns, col)
		return nil
	})
	if err != nil {
		return Catalog{}, fmt.Errorf("read the catalog: %w", err)
	}
	if rows, err = db.Query(ctx, needsOf); err != nil {
		return Catalog{}, err
	}
	needs := map[string][]string{}
	var to string
	if _, err = pgx.ForEachRow(rows, []any{&name, &to}, func() error {
		needs[name] = append(needs[name], to)
		return nil
	}); err != nil {
		return Catalog{}, err
	}
	c := Catalog{Versions: map[string]int64{}}
	for _, t := range tables {
		t.Needs = needs[t.Name]
		if err := c.add(t, func(table string) (n int64, err error) {
			err = db.QueryRow(ctx, newest(table)).Scan(&n)
			return n, err
		}); err != nil {
			return c, err
		}
	}
	return c, nil
}
