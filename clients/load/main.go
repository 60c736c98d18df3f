// Command load measures the system: `make bench` builds it and the programs of
// the system, and runs it. Generator and servers are processes of their own.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/lair-chat/lair/clients/load/internal/bench"
	"github.com/lair-chat/lair/clients/load/internal/limit"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 1 {
		switch args[0] { // how this program starts itself again
		case limit.WriterCommand:
			return limit.Writer(os.Stdin, os.Stdout)
		case limit.SocketsCommand:
			return limit.Sockets(os.Stdin, os.Stdout)
		}
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	flags := flag.NewFlagSet("load", flag.ContinueOnError)
	bin := flags.String("bin", filepath.Dir(self), "folder of the programs of the system")
	only := flags.String("only", "", "measure one part: "+strings.Join(bench.Parts, ", "))
	quick := flags.Bool("quick", os.Getenv("BENCH_QUICK") == "1", "measure less of everything; also BENCH_QUICK=1")
	if err := flags.Parse(args); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "lair-load")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return bench.Run(ctx, bench.Options{Bin: *bin, Dir: dir, Quick: *quick, Only: *only, Out: os.Stdout})
}
