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
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lair-chat/lair/pkg/sqldb"
	journalpg "github.com/lair-chat/lair/services/internal/journal/postgres"
	journalsqlite "github.com/lair-chat/lair/services/internal/journal/sqlite"
	"github.com/lair-chat/lair/services/lair/internal/backup"
	"github.com/lair-chat/lair/services/lair/internal/system"
)

// usageError is how a command is used, for who used it otherwise.
type usageError string

func (usageError) Error() string { return "the command is not understood" }

const (
	backupUsage = usageError(`Usage: lair backup FILE           (makes it of the data file in LAIR_DATA_DIR)
       lair backup -verify FILE   (reads it whole, and says what it has)`)
	restoreUsage = usageError(`Usage: lair restore FILE   (a backup, into LAIR_DATA_DIR)`)
)

// dataFile returns the configuration and the data file that it names.
func dataFile() (system.Config, string, error) {
	c, err := system.Load(os.Environ())
	if err != nil {
		return c, "", err
	}
	path, isFile, err := c.SQLitePath()
	if err == nil && !isFile {
		err = errors.New("LAIR_DATABASE_URL names PostgreSQL: how to back that up is in docs/operations.md")
	}
	return c, path, err
}

func makeBackup(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("lair backup", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	verify := flags.Bool("verify", false, "")
	if err := flags.Parse(args); err != nil || flags.NArg() != 1 {
		return backupUsage
	}
	to := flags.Arg(0)
	if !*verify {
		c, path, err := dataFile()
		if err != nil {
			return err
		}
		secret, err := c.KeptSecret()
		if err != nil {
			return err
		}
		if err := backup.Make(ctx, backup.Source{Data: path, Secret: secret, Release: version, Now: time.Now()}, to); err != nil {
			return err
		}
	}
	r, err := examine(ctx, to)
	if err == nil {
		describe(out, to, r)
	}
	return err
}

func examine(ctx context.Context, path string) (backup.Report, error) {
	release, err := system.Release(ctx, filepath.Dir(path))
	if err != nil {
		return backup.Report{}, err
	}
	return backup.Verify(ctx, path, release)
}

func describe(out io.Writer, path string, r backup.Report) {
	fmt.Fprintf(out, "%s is a whole backup of %s, made by release %s\n", path, r.MadeAt.Format(time.RFC3339), r.MadeBy)
	for _, t := range r.Catalog.Tables {
		if n, ok := r.Rows[t.Name]; ok {
			fmt.Fprintf(out, "  %-24s %d\n", t.Name, n)
		}
	}
	if !r.Secret {
		fmt.Fprintln(out, "The secret is not in it: keep what LAIR_JWT_SECRET is.")
	}
	if r.Older != nil {
		fmt.Fprintln(out, "A restore migrates it:", r.Older)
	}
}

func restore(ctx context.Context, args []string, out io.Writer) error {
	if len(args) != 1 || args[0] == "" || args[0][0] == '-' {
		return restoreUsage
	}
	c, path, err := dataFile()
	if err != nil {
		return err
	}
	if _, err := examine(ctx, args[0]); err != nil {
		return err
	}
	if err := c.MakeDir(); err != nil {
		return err
	}
	kept := c.SecretPath()
	secret, err := backup.Restore(ctx, args[0], backup.Target{Data: path, Secret: kept, Migrate: system.Migrate})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s is restored. Clients are told to begin anew.\n", path)
	if secret {
		fmt.Fprintf(out, "The secret is in %s; do not set LAIR_JWT_SECRET.\n", kept)
	} else {
		fmt.Fprintln(out, "The secret is not in the backup: set LAIR_JWT_SECRET as it was.")
	}
	return nil
}

// restored begins a new epoch of a database that was brought back by other means.
func restored(ctx context.Context, out io.Writer) error {
	if err := withStores(ctx, func(system.Stores) error { return nil }); err != nil {
		return err // it is migrated now
	}
	c, err := system.Load(os.Environ())
	if err != nil {
		return err
	}
	where, isFile, err := c.SQLitePath()
	if err != nil {
		return err
	}
	if isFile {
		err = beginEpoch(ctx, where)
	} else {
		where = "PostgreSQL"
		err = beginEpochPostgres(ctx, c.Database.URL)
	}
	if err == nil {
		fmt.Fprintf(out, "%s is restored. Clients are told to begin anew.\n", where)
	}
	return err
}

func beginEpoch(ctx context.Context, path string) error {
	if err := system.Offline(ctx, path); err != nil {
		return err
	}
	file, err := sqldb.OpenSQLite(ctx, path)
	if err != nil {
		return err
	}
	err = file.Update(ctx, func(tx *sql.Tx) error { return journalsqlite.BeginEpoch(ctx, tx) })
	return errors.Join(err, file.Close())
}

func beginEpochPostgres(ctx context.Context, url string) error {
	conn, err := system.ConnectPostgres(ctx, url)
	if err != nil {
		return err
	}
	err = system.OfflinePostgres(ctx, conn)
	if err == nil {
		err = pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error { return journalpg.BeginEpoch(ctx, tx) })
	}
	return errors.Join(err, conn.Close(context.WithoutCancel(ctx)))
}
