// Command lair is Lair Chat in one program: a server for a team, and the tools
// of its operator.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/lair-chat/lair/pkg/process"
	"github.com/lair-chat/lair/pkg/run"
	"github.com/lair-chat/lair/services/gateway"
)

// version is set by the linker.
var version = "dev"

const usage = `Usage: lair <command>

  serve          run the whole system in this process
  migrate        bring the database to the form that this release needs
  admin          make an administrator, or end all logins
  backup         copy the data file, also while lair serve runs; or check such a copy
  restore        make a data folder of a backup
  import-0.8     take over the database of Lair Chat 0.8
  migrate-data   move all data from SQLite to PostgreSQL
  restored       say that the database was brought back by other means
  health         ask lair serve, which runs here, whether it is ready
  version        print the version

The configuration is in environment variables: docs/configuration.md.
`

func main() {
	args := os.Args[1:]
	command := ""
	if len(args) > 0 {
		command, args = args[0], args[1:]
	}
	switch command {
	case "serve":
		needNone(args)
		run.Main(serve)
	case "migrate":
		needNone(args)
		once(migrate)
	case "health":
		needNone(args)
		process.Health(gateway.Ask)
	case "admin":
		once(func(ctx context.Context) error { return admin(ctx, args, os.Stdin, os.Stdout) })
	case "backup":
		once(func(ctx context.Context) error { return makeBackup(ctx, args, os.Stdout) })
	case "restore":
		once(func(ctx context.Context) error { return restore(ctx, args, os.Stdout) })
	case "import-0.8":
		once(func(ctx context.Context) error { return importOld(ctx, args, os.Stdout) })
	case "migrate-data":
		once(func(ctx context.Context) error { return migrateData(ctx, args, os.Stdout) })
	case "restored":
		needNone(args)
		once(func(ctx context.Context) error { return restored(ctx, os.Stdout) })
	case "version":
		fmt.Fprintln(os.Stdout, "lair", version)
	case "help", "-h", "--help":
		_, _ = io.WriteString(os.Stdout, usage)
	default:
		_, _ = io.WriteString(os.Stderr, usage)
		os.Exit(2)
	}
}

func needNone(args []string) {
	if len(args) > 0 {
		fmt.Fprintf(os.Stderr, "lair: %q is not understood; see lair help\n", args[0])
		os.Exit(2)
	}
}

// once runs f until it returns. A signal ends its context.
func once(f func(context.Context) error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := f(ctx)
	stop()
	if u, ok := errors.AsType[usageError](err); ok {
		fmt.Fprintln(os.Stderr, string(u))
		os.Exit(2)
	}
	switch {
	case err == nil:
	case errors.Is(err, errUsage):
		fmt.Fprintln(os.Stderr, adminUsage)
		os.Exit(2)
	default:
		fmt.Fprintln(os.Stderr, "lair:", strings.ReplaceAll(err.Error(), "\n", "; "))
		os.Exit(1)
	}
}
