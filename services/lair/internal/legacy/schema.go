// Package legacy imports the database of Lair Chat 0.8: users with their passwords,
// rooms, members, messages and invitations.
//
// Ids stay what they are, so an import may be repeated: what is there already is left
// alone, and what is new is added behind it.
package legacy

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/lair-chat/lair/services/lair/internal/catalog"
)

// schema is what is read of a database of 0.8. It may have more. Times are whole
// seconds since 1970, ids are UUIDs as text.
var schema = []struct {
	table   string
	columns []string
}{
	{"users", []string{"id", "username", "email", "password_hash", "role", "created_at", "updated_at"}},
	{"rooms", []string{"id", "name", "description", "owner_id", "is_private", "max_members", "created_at", "updated_at"}},
	{"room_memberships", []string{"room_id", "user_id", "role", "joined_at"}},
	{"messages", []string{"id", "author_id", "target_type", "target_id", "content", "is_edited", "created_at", "updated_at"}},
	{"invitations", []string{"id", "room_id", "inviter_id", "invitee_id", "status", "created_at", "responded_at", "expires_at"}},
}

// Old is a database of 0.8, as it was at one moment.
type Old struct {
	db *sql.DB
	tx *sql.Tx
}

// Open opens a database of 0.8, which is not changed, and may be in use. The error
// names the tables and columns that are missing.
func Open(ctx context.Context, path string) (*Old, error) {
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?mode=ro&_pragma=query_only(1)&_pragma=busy_timeout(5000)")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(2)
	if err := check(ctx, db); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		_ = db.Close()
		return nil, err
	}
	return &Old{db, tx}, nil
}

// Close closes the database.
func (o *Old) Close() error {
	_ = o.tx.Rollback() // it has only read
	return o.db.Close()
}

func check(ctx context.Context, db *sql.DB) error {
	have, err := catalog.SQLite(ctx, db)
	if err != nil {
		return err
	}
	var missing []string
	for _, want := range schema {
		t, ok := have.Table(want.table)
		if !ok {
			missing = append(missing, "the table "+want.table)
			continue
		}
		for _, name := range want.columns {
			if !slices.ContainsFunc(t.Columns, func(c catalog.Column) bool { return c.Name == name }) {
				missing = append(missing, "the column "+want.table+"."+name)
			}
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("it is no database of Lair Chat 0.8, it has not %s", strings.Join(missing, ", "))
	}
	return nil
}

// each reads the columns of a table that the schema names, in an order.
func (o *Old) each(ctx context.Context, table, order string, take func(row) error) error {
	var columns []string
	for _, s := range schema {
		if s.table == table {
			columns = s.columns
		}
	}
	rows, err := o.tx.QueryContext(ctx, "SELECT "+strings.Join(columns, ", ")+" FROM "+table+" ORDER BY "+order) //nolint:gosec // our own words
	if err != nil {
		return err
	}
	defer rows.Close() // it is read
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if err := take(row{columns, values}); err != nil {
			return err
		}
	}
	return rows.Err()
}
