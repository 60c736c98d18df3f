package main

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/lair-chat/lair/pkg/sqldb"
	"github.com/lair-chat/lair/services/lair/internal/backup"
	"github.com/lair-chat/lair/services/lair/internal/catalog"
	"github.com/lair-chat/lair/services/lair/internal/system"
	"github.com/lair-chat/lair/services/lair/internal/transfer"
)

const transferUsage = usageError(`Usage: lair migrate-data [-from sqlite:FILE] [-to postgres://…] [-dry-run]
Without -from it is the data file in LAIR_DATA_DIR, without -to the database in LAIR_DATABASE_URL.`)

// move is where migrate-data moves from and to.
type move struct {
	from, to string
	dry      bool
	kept     string // the file of the secret
}

func readMove(args []string) (m move, err error) {
	flags := flag.NewFlagSet("lair migrate-data", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&m.from, "from", "", "")
	flags.StringVar(&m.to, "to", "", "")
	flags.BoolVar(&m.dry, "dry-run", false, "")
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 {
		return m, transferUsage
	}
	c, err := system.Load(os.Environ())
	if err != nil {
		return m, err
	}
	m.kept = c.SecretPath()
	if m.to == "" && !strings.HasPrefix(c.Database.URL, "sqlite:") {
		m.to = c.Database.URL
	}
	c.Database.URL = m.from
	path, isFile, err := c.SQLitePath()
	if err != nil || !isFile {
		return m, errors.Join(transferUsage, err)
	}
	m.from = path
	c.Database.URL = m.to
	if _, isFile, err := c.SQLitePath(); err != nil || isFile {
		return m, errors.Join(transferUsage, err)
	}
	return m, nil
}

func migrateData(ctx context.Context, args []string, out io.Writer) error {
	m, err := readMove(args)
	if err != nil {
		return err
	}
	if _, err := os.Stat(m.from); err != nil {
		return err
	}
	if err := system.Offline(ctx, m.from); err != nil {
		return err
	}
	file, err := sqldb.OpenSQLite(ctx, m.from)
	if err != nil {
		return err
	}
	// Held for writing, nobody else can change it meanwhile.
	err = file.Update(ctx, func(*sql.Tx) error { return m.run(ctx, file, out) })
	return errors.Join(err, file.Close())
}

func (m move) run(ctx context.Context, file *sqldb.SQLite, out io.Writer) error {
	if err := backup.Refuse(ctx, file.Read, m.from); err != nil {
		return err
	}
	release, err := system.Release(ctx, filepath.Dir(m.from))
	if err != nil {
		return err
	}
	have, err := catalog.SQLite(ctx, file.Read)
	if err != nil {
		return err
	}
	if err := have.Age(release); err != nil {
		return fmt.Errorf("%s: %w; lair migrate brings it to this one", m.from, err)
	}
	conn, err := system.ConnectPostgres(ctx, m.to)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx)) // all is committed, or nothing
	if err := system.OfflinePostgres(ctx, conn); err != nil {
		return err
	}
	from, err := file.Read.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer from.Rollback() //nolint:errcheck // it has only read
	progress := func(table string, rows int64) { fmt.Fprintf(out, "  %s: %d rows so far\n", table, rows) }
	if m.dry {
		return m.rehearse(ctx, from, conn, have, release, out, progress)
	}
	if err := system.MigratePostgres(ctx, m.to); err != nil {
		return err
	}
	moved, err := transfer.Move(ctx, from, conn, have, progress)
	if err != nil {
		return err
	}
	for _, t := range moved {
		fmt.Fprintf(out, "%-24s %9d rows on both sides, checksum %s\n", t.Table, t.Sum.Rows, t.Sum.Digest()[:16])
	}
	if _, err := conn.Exec(ctx, "ANALYZE"); err != nil {
		return err
	}
	fmt.Fprintf(out, "All of %s is in PostgreSQL. Move the file away, it must not be served any more.\n", m.from)
	if _, err := os.Stat(m.kept); err == nil {
		fmt.Fprintf(out, "The secret goes with it: set LAIR_JWT_SECRET, or LAIR_JWT_SECRET_FILE, to what is in %s.\n", m.kept)
	} else {
		fmt.Fprintln(out, "The secret goes with it: LAIR_JWT_SECRET must be what it was.")
	}
	return nil
}

// rehearse reads everything and writes nothing.
func (m move) rehearse(ctx context.Context, from *sql.Tx, conn *pgx.Conn, have, release catalog.Catalog, out io.Writer, progress transfer.Progress) error {
	database, err := catalog.Postgres(ctx, conn)
	if err != nil {
		return err
	}
	if err := database.Age(release); err != nil {
		return fmt.Errorf("PostgreSQL: %w; lair migrate brings it to this one", err)
	}
	if err := transfer.Empty(ctx, conn, database.Tables); err != nil {
		return err
	}
	pairs, err := transfer.Match(have, database)
	if err != nil {
		return err
	}
	for _, p := range pairs {
		sum, err := transfer.Read(ctx, from, p, progress, nil)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%-24s %9d rows would be moved\n", p.Name, sum.Rows)
	}
	fmt.Fprintln(out, "Nothing was written.")
	return nil
}
