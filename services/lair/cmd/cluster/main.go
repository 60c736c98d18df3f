// Command cluster runs the whole system as processes of this machine: auth,
// room, message, presence and two gateways, on a PostgreSQL and a Redis that
// are thrown away in the end. It needs the go command and the server programs.
//
// A process that ends is started again, so that faults can be tried by hand.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/lair-chat/lair/services/gateway"
	"github.com/lair-chat/lair/services/lair/internal/cluster"
)

// version is set by the linker.
var version = "dev"

var (
	host  = flag.String("host", "127.0.0.1", "loopback address on which everything listens")
	write = flag.String("write", "", "write a file (JSON) of where everything is, once it runs")
)

func main() {
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "cluster:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) (err error) {
	dir, err := os.MkdirTemp("", "lair-cluster")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := cluster.Build(ctx, dir, version, false); err != nil {
		return err
	}
	s, err := cluster.Many(ctx, cluster.Options{
		Bin: dir, Dir: dir, Host: *host, Durable: true, Metrics: true, Out: os.Stderr,
		Env: []string{"LAIR_LOG_FORMAT=text", "LAIR_LOG_LEVEL=warn"},
	})
	defer func() {
		fmt.Fprintln(os.Stdout, "stopping")
		if stopErr := s.Stop(); err == nil {
			err = stopErr
		}
	}()
	if err != nil {
		return err
	}
	show(s)
	all := survey(s)
	if err := all.tell(); err != nil {
		return err
	}
	supervise(ctx, s, all)
	return nil
}

func show(s *cluster.System) {
	fmt.Fprintln(os.Stdout, "Lair Chat runs. Ctrl+C ends it and throws its data away.")
	for _, g := range s.Gateways {
		if gateway.HasWeb() {
			fmt.Fprintf(os.Stdout, "  web client  %s\n", g.HTTP)
		}
	}
	for _, g := range s.Gateways {
		fmt.Fprintf(os.Stdout, "  %s   %s/api/v1   %s   %s\n", g.Name, g.HTTP, g.WS, g.TCP)
	}
	fmt.Fprint(os.Stdout, "  processes  ")
	for _, p := range s.Programs {
		fmt.Fprintf(os.Stdout, " %s=%d", p.Name, p.Pid())
	}
	fmt.Fprintln(os.Stdout)
	fmt.Fprint(os.Stdout, "  metrics    ")
	for _, p := range s.Programs {
		fmt.Fprintf(os.Stdout, " http://%s/metrics", p.Metrics)
	}
	fmt.Fprintf(os.Stdout, "\n  databases   %s   %s\n", s.Postgres.URL("postgres"), s.Redis.URL())
}

// supervise starts programs again that end, until ctx ends.
func supervise(ctx context.Context, s *cluster.System, all *places) {
	var programs sync.WaitGroup
	for _, p := range s.Programs {
		programs.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case <-p.Done():
				}
				fmt.Fprintf(os.Stdout, "%s ended and is started again\n", p.Name)
				if err := p.Run(ctx); err != nil {
					fmt.Fprintln(os.Stdout, err)
					select {
					case <-ctx.Done():
					case <-time.After(time.Second):
					}
					continue
				}
				fmt.Fprintf(os.Stdout, "%s=%d\n", p.Name, p.Pid())
				if err := all.moved(p); err != nil {
					fmt.Fprintln(os.Stdout, err)
				}
			}
		})
	}
	programs.Wait()
}
