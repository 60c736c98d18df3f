package main

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lair-chat/lair/pkg/sqldb"
	"github.com/lair-chat/lair/services/lair/internal/legacy"
	"github.com/lair-chat/lair/services/lair/internal/system"
)

const importUsage = usageError(`Usage: lair import-0.8 -from FILE [-dry-run]
FILE is the database of Lair Chat 0.8, which is only read. It is imported into the data file in
LAIR_DATA_DIR, or the database in LAIR_DATABASE_URL, which nobody may use meanwhile.`)

// errRehearsal takes back what a rehearsal wrote.
var errRehearsal = errors.New("nothing is kept")

func importOld(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("lair import-0.8", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	from := flags.String("from", "", "")
	dry := flags.Bool("dry-run", false, "")
	if err := flags.Parse(args); err != nil || *from == "" || flags.NArg() > 0 {
		return importUsage
	}
	if _, err := os.Stat(*from); err != nil {
		return err
	}
	old, err := legacy.Open(ctx, *from)
	if err != nil {
		return err
	}
	// The tables have to be there, also for a rehearsal.
	err = withStores(ctx, func(system.Stores) error { return nil })
	if err == nil {
		err = importInto(ctx, old, *dry, out)
	}
	return errors.Join(err, old.Close())
}

func importInto(ctx context.Context, old *legacy.Old, dry bool, out io.Writer) error {
	c, err := system.Load(os.Environ())
	if err != nil {
		return err
	}
	path, isFile, err := c.SQLitePath()
	if err != nil {
		return err
	}
	began := time.Now()
	var report *legacy.Report
	run := func(target legacy.Target) error {
		report, err = legacy.Import(ctx, old, target, legacy.Options{Now: began, Out: out, Progress: 10_000})
		if err == nil && dry {
			err = errRehearsal
		}
		return err
	}
	if isFile {
		err = intoFile(ctx, path, run)
	} else {
		err = intoPostgres(ctx, c.Database.URL, run)
	}
	if err != nil && !errors.Is(err, errRehearsal) {
		return err
	}
	report.Print()
	if dry {
		fmt.Fprintln(out, "This was a rehearsal, nothing is kept.")
		return nil
	}
	took := time.Since(began)
	fmt.Fprintf(out, "Imported in %v, %.0f messages a second.\n", took.Round(time.Millisecond), float64(report.Messages.Added)/took.Seconds())
	return nil
}

func intoFile(ctx context.Context, path string, run func(legacy.Target) error) error {
	if err := system.Offline(ctx, path); err != nil {
		return err
	}
	file, err := sqldb.OpenSQLite(ctx, path)
	if err != nil {
		return err
	}
	err = file.Update(ctx, func(tx *sql.Tx) error { return run(legacy.SQLite(tx)) })
	return errors.Join(err, file.Close())
}

func intoPostgres(ctx context.Context, url string, run func(legacy.Target) error) error {
	conn, err := system.ConnectPostgres(ctx, url)
	if err != nil {
		return err
	}
	err = system.OfflinePostgres(ctx, conn)
	if err == nil {
		err = pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
			target, err := legacy.Postgres(ctx, tx)
			if err != nil {
				return err
			}
			return run(target)
		})
	}
	return errors.Join(err, conn.Close(context.WithoutCancel(ctx)))
}
