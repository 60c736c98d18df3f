// Package transfer moves all data from a SQLite file to a PostgreSQL database, and
// proves that nothing was lost on the way.
//
// It knows no table by name: it takes what the catalogs of both have, and refuses if
// they do not match. Values travel in one form, that of the file: ids as bytes, times
// as microseconds, booleans as 0 and 1.
package transfer

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lair-chat/lair/services/lair/internal/catalog"
)

// Pair is a table that is there on both sides.
type Pair struct {
	Name    string
	columns []columnPair
}

type columnPair struct {
	name     string
	kind     kind
	nullable bool
}

// Match pairs the tables of a file with those of a database, in an order in which rows
// can be written. The error names what has no counterpart.
func Match(file, database catalog.Catalog) ([]Pair, error) {
	for _, t := range database.Tables {
		if _, ok := file.Table(t.Name); !ok {
			return nil, fmt.Errorf("the table %s is in PostgreSQL only", t.Name)
		}
	}
	pairs := make([]Pair, 0, len(file.Tables))
	done := map[string]bool{}
	for len(pairs) < len(file.Tables) {
		before := len(pairs)
		for _, t := range file.Tables {
			other, ok := database.Table(t.Name)
			if !ok {
				return nil, fmt.Errorf("the table %s is in SQLite only", t.Name)
			}
			if done[t.Name] || !allIn(other.Needs, done) {
				continue
			}
			p, err := match(t, other)
			if err != nil {
				return nil, err
			}
			pairs, done[t.Name] = append(pairs, p), true
		}
		if len(pairs) == before {
			return nil, fmt.Errorf("tables refer to each other in a circle, %d are left", len(file.Tables)-before)
		}
	}
	return pairs, nil
}

func allIn(names []string, done map[string]bool) bool {
	for _, n := range names {
		if !done[n] {
			return false
		}
	}
	return true
}

func match(file, database catalog.Table) (Pair, error) {
	p := Pair{Name: file.Name}
	have := map[string]catalog.Column{}
	for _, c := range file.Columns {
		have[c.Name] = c
	}
	for _, c := range database.Columns {
		f, ok := have[c.Name]
		if !ok {
			return p, fmt.Errorf("the column %s.%s is in PostgreSQL only", file.Name, c.Name)
		}
		delete(have, c.Name)
		k, ok := kinds[c.Type]
		if !ok || k.file != f.Type || c.Nullable != f.Nullable {
			return p, fmt.Errorf("the column %s.%s is %s in SQLite and %s in PostgreSQL", file.Name, c.Name, f.Type, c.Type)
		}
		p.columns = append(p.columns, columnPair{c.Name, k, c.Nullable})
	}
	for _, c := range file.Columns {
		if _, left := have[c.Name]; left {
			return p, fmt.Errorf("the column %s.%s is in SQLite only", file.Name, c.Name)
		}
	}
	return p, nil
}

// kind is a type of PostgreSQL and how its values travel.
type kind struct {
	file string // the type in SQLite
	// canonical is the expression that PostgreSQL makes of a column; %s is its name.
	canonical string
	// value makes of a canonical value what is written.
	value func(any) any
}

var kinds = map[string]kind{
	"uuid":   {"blob", "uuid_send(%s)", func(v any) any { return [16]byte(v.([]byte)) }},
	"bytea":  {"blob", "%s", same},
	"text":   {"text", "%s", same},
	"bigint": {"integer", "%s", same}, "integer": {"integer", "%s::bigint", same}, "smallint": {"integer", "%s::bigint", same},
	"boolean": {"integer", "%s::integer::bigint", func(v any) any { return v != int64(0) }},
	"timestamp with time zone": {
		"integer", "(extract(epoch FROM %s) * 1000000)::bigint", func(v any) any { return time.UnixMicro(v.(int64)).UTC() },
	},
}

func same(v any) any { return v }

// check makes a value canonical that SQLite gave: its columns take anything.
func (p Pair) check(i int, v any) (any, error) {
	c := p.columns[i]
	bad := fmt.Errorf("%s.%s has a value that does not fit %s: %T", p.Name, c.name, c.kind.file, v)
	switch x := v.(type) {
	case nil:
		if !c.nullable {
			return nil, bad
		}
	case int64:
		if c.kind.file != "integer" {
			return nil, bad
		}
	case []byte:
		if c.kind.file != "blob" || strings.HasPrefix(c.kind.canonical, "uuid") && len(x) != 16 {
			return nil, bad
		}
		if x == nil {
			return []byte{}, nil // the driver's empty blob
		}
	case string:
		if c.kind.file != "text" {
			return nil, bad
		}
		if strings.IndexByte(x, 0) >= 0 {
			return nil, fmt.Errorf("%s.%s has a text with U+0000, which PostgreSQL does not take", p.Name, c.name)
		}
	default:
		return nil, bad
	}
	return v, nil
}

func (p Pair) list(form func(columnPair) string) string {
	names := make([]string, len(p.columns))
	for i, c := range p.columns {
		names[i] = form(c)
	}
	return strings.Join(names, ", ")
}

// Progress is told how many rows of a table have been read so far.
type Progress func(table string, rows int64)

// every is how many rows lie between two reports of progress.
const every = 50_000

// Read reads a table of a file, and gives each row to take, which may be nil.
func Read(ctx context.Context, from *sql.Tx, p Pair, progress Progress, take func([]any) error) (Sum, error) {
	var sum Sum
	rows, err := from.QueryContext(ctx, "SELECT "+p.list(func(c columnPair) string { return catalog.Quote(c.name) })+" FROM "+catalog.Quote(p.Name)) //nolint:gosec // names of the catalog
	if err != nil {
		return sum, err
	}
	defer rows.Close() // it is read
	for rows.Next() {
		row, into := make([]any, len(p.columns)), make([]any, len(p.columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return sum, err
		}
		for i, v := range row {
			if row[i], err = p.check(i, v); err != nil {
				return sum, err
			}
		}
		sum.add(row)
		if sum.Rows%every == 0 {
			progress(p.Name, sum.Rows)
		}
		if take != nil {
			if err := take(row); err != nil {
				return sum, err
			}
		}
	}
	return sum, rows.Err()
}

// ReadPostgres reads a table of a database.
func ReadPostgres(ctx context.Context, from catalog.Querier, p Pair, progress Progress) (Sum, error) {
	var sum Sum
	rows, err := from.Query(ctx, "SELECT "+p.list(func(c columnPair) string {
		return fmt.Sprintf(c.kind.canonical, catalog.Quote(c.name))
	})+" FROM "+catalog.Quote(p.Name))
	if err != nil {
		return sum, err
	}
	defer rows.Close()
	for rows.Next() {
		row, err := rows.Values()
		if err != nil {
			return sum, err
		}
		sum.add(row)
		if sum.Rows%every == 0 {
			progress(p.Name, sum.Rows)
		}
	}
	return sum, rows.Err()
}

// Copy writes a table of a file into a database.
func Copy(ctx context.Context, from *sql.Tx, to pgx.Tx, p Pair, progress Progress) (Sum, error) {
	reading, stop := context.WithCancel(ctx)
	defer stop()
	type read struct {
		sum Sum
		err error
	}
	rows, done := make(chan []any, 256), make(chan read, 1)
	go func() {
		defer close(rows)
		sum, err := Read(reading, from, p, progress, func(row []any) error {
			select {
			case rows <- row:
				return nil
			case <-reading.Done():
				return reading.Err()
			}
		})
		done <- read{sum, err}
	}()
	names := make([]string, len(p.columns))
	for i, c := range p.columns {
		names[i] = c.name
	}
	_, err := to.CopyFrom(ctx, pgx.Identifier{p.Name}, names, pgx.CopyFromFunc(func() ([]any, error) {
		row, ok := <-rows
		if !ok {
			return nil, nil
		}
		out := make([]any, len(row))
		for i, v := range row {
			if v != nil {
				out[i] = p.columns[i].kind.value(v)
			}
		}
		return out, nil
	}))
	stop()
	r := <-done
	if r.err != nil && err == nil {
		err = r.err
	}
	return r.sum, err
}

// Native returns what PostgreSQL is given for a canonical value in a column of a type
// of its catalog.
func Native(columnType string, v any) any {
	if v == nil {
		return nil
	}
	return kinds[columnType].value(v)
}
