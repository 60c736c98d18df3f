// Package catalog says which tables a database has, so that tools that handle all of
// them cannot forget one.
package catalog

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Column is a column of a table.
type Column struct {
	Name string
	// Type is as the database writes it, in lower case: "uuid", "blob".
	Type     string
	Nullable bool
}

// Table is a table with its columns, in the order of their names.
type Table struct {
	Name    string
	Columns []Column
	// Needs are the other tables that rows of this one refer to.
	Needs []string
}

// Catalog is what a database has.
type Catalog struct {
	// Tables are those with data, in the order of their names.
	Tables []Table
	// Versions has the last migration of each service.
	Versions map[string]int64
}

// Table returns a table by its name.
func (c Catalog) Table(name string) (Table, bool) {
	i := slices.IndexFunc(c.Tables, func(t Table) bool { return t.Name == name })
	if i < 0 {
		return Table{}, false
	}
	return c.Tables[i], true
}

// Age compares the migrations of a database with those of another one: the error
// says which service is newer or older, or not there.
func (c Catalog) Age(release Catalog) error {
	for _, service := range services(release) {
		have, ok := c.Versions[service]
		switch want := release.Versions[service]; {
		case !ok:
			return fmt.Errorf("it has no tables of %s", service)
		case have > want:
			return fmt.Errorf("it is of a newer release: %s has migration %d, this release knows %d", service, have, want)
		case have < want:
			return &OlderError{service, have, want}
		}
	}
	return nil
}

// OlderError says that a database has to be migrated first.
type OlderError struct {
	Service    string
	Have, Want int64
}

func (e *OlderError) Error() string {
	return fmt.Sprintf("it is of an older release: %s has migration %d, this release has %d", e.Service, e.Have, e.Want)
}

func services(c Catalog) []string {
	list := make([]string, 0, len(c.Versions))
	for s := range c.Versions {
		list = append(list, s)
	}
	slices.Sort(list)
	return list
}

// versionTable is how the table of migrations of a service is named.
const versionTable = "_version"

// add sorts a table into what it is.
func (c *Catalog) add(t Table, version func(table string) (int64, error)) error {
	service, isVersion := strings.CutSuffix(t.Name, versionTable)
	if !isVersion {
		slices.SortFunc(t.Columns, func(a, b Column) int { return strings.Compare(a.Name, b.Name) })
		c.Tables = append(c.Tables, t)
		return nil
	}
	n, err := version(t.Name)
	c.Versions[service] = n
	return err
}

// Quote writes a name as SQL does.
func Quote(name string) string { return pgx.Identifier{name}.Sanitize() }

func newest(table string) string { return "SELECT coalesce(max(version_id), 0) FROM " + Quote(table) }

// SQLite reads the catalog of a file.
func SQLite(ctx context.Context, db *sql.DB) (Catalog, error) {
	names, err := column[string](ctx, db, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY name")
	c := Catalog{Versions: map[string]int64{}}
	for _, name := range names {
		t := Table{Name: name}
		if t.Columns, err = columnsOf(ctx, db, name); err != nil {
			return c, err
		}
		if t.Needs, err = column[string](ctx, db, "SELECT DISTINCT \"table\" FROM pragma_foreign_key_list(?)", name); err != nil {
			return c, err
		}
		err = c.add(t, func(table string) (n int64, err error) {
			err = db.QueryRowContext(ctx, newest(table)).Scan(&n)
			return n, err
		})
		if err != nil {
			return c, err
		}
	}
	return c, err
}

func columnsOf(ctx context.Context, db *sql.DB, table string) ([]Column, error) {
	rows, err := db.QueryContext(ctx, `SELECT name, lower(type), "notnull" = 0 AND pk = 0 FROM pragma_table_info(?)`, table)
	if err != nil {
		return nil, err
	}
	defer rows.Close() // it is read
	var list []Column
	for rows.Next() {
		var c Column
		if err := rows.Scan(&c.Name, &c.Type, &c.Nullable); err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, rows.Err()
}

func column[T any](ctx context.Context, db *sql.DB, query string, args ...any) ([]T, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close() // it is read
	var list []T
	for rows.Next() {
		var v T
		if err := rows.Scan(&v); err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, rows.Err()
}
