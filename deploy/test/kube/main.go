// Command kube tries the chart with a real Kubernetes, which kubectl and helm reach:
// `kube objects` has the API server look at every object, `kube chat VALUES…` installs
// the chart with files of values and has people talk while its parts are replaced,
// killed and evicted.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	try := map[string]func(context.Context, []string) error{"objects": objects, "chat": chat}
	if len(os.Args) < 2 || try[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: kube objects|chat VALUES…")
		os.Exit(2) //nolint:gocritic // nothing is left to do
	}
	if err := try[os.Args[1]](ctx, os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "kube:", err)
		os.Exit(1)
	}
}
