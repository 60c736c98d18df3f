package run

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

// Main is the body of a program: it runs the parts that build returns until
// SIGINT or SIGTERM, or until one of them ends. If anything failed it writes
// one line to standard error and exits with 1.
//
// The context of build ends with the first signal. A second signal ends the
// process at once.
func Main(build func(context.Context) ([]Part, error)) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		cancel()
		<-signals
		fail(errors.New("stopped at once by a second signal"))
	}()
	if err := live(ctx, build); err != nil {
		fail(err)
	}
}

// fail ends the process. Joined errors have a line each, but one line keeps
// together for whoever collects them.
func fail(err error) {
	line := strings.ReplaceAll(strings.TrimSpace(err.Error()), "\n", "; ")
	fmt.Fprintf(os.Stderr, "%s: %s\n", filepath.Base(os.Args[0]), line)
	os.Exit(1)
}

func live(ctx context.Context, build func(context.Context) ([]Part, error)) error {
	parts, err := build(ctx)
	if err != nil {
		if ctx.Err() != nil && errors.Is(err, context.Canceled) {
			return nil // asked to stop before there was anything to stop
		}
		return err
	}
	return All(ctx, parts...)
}
