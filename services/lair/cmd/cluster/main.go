// Command cluster runs the whole system as processes of this machine: auth,
// room, message, presence and two gateways, on a PostgreSQL and a Redis that
// are thrown away in the end. It needs the go command and the server programs.
//
// A process that ends is started again, so that faults can be tried by hand.
package main

import (
	"context"
	"encoding/json"
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
	if *write != "" {
		if err := tell(s, *write); err != nil {
			return err
		}
	}
	supervise(ctx, s)
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

// place is where a program is; empty is where it is not.
type place struct {
	Name    string `json:"name"`
	Pid     int    `json:"pid"`
	Metrics string `json:"metrics"`
	HTTP    string `json:"http,omitempty"`
	WS      string `json:"ws,omitempty"`
	TCP     string `json:"tcp,omitempty"`
}

// tell writes for programs what show says to people. The file is there at once
// and in whole.
func tell(s *cluster.System, file string) error {
	var all struct {
		Programs []place `json:"programs"`
		Postgres string  `json:"postgres"`
		Redis    string  `json:"redis"`
	}
	all.Postgres, all.Redis = s.Postgres.URL("postgres"), s.Redis.URL()
	for _, p := range s.Programs {
		at := place{Name: p.Name, Pid: p.Pid(), Metrics: p.Metrics}
		for _, g := range s.Gateways {
			if g.Program == p {
				at.HTTP, at.WS, at.TCP = g.HTTP, g.WS, g.TCP
			}
		}
		all.Programs = append(all.Programs, at)
	}
	text, err := json.MarshalIndent(all, "", "\t")
	if err != nil {
		return err
	}
	if err := os.WriteFile(file+".new", text, 0o600); err != nil {
		return err
	}
	return os.Rename(file+".new", file)
}

// supervise starts programs again that end, until ctx ends.
func supervise(ctx context.Context, s *cluster.System) {
	var all sync.WaitGroup
	for _, p := range s.Programs {
		all.Go(func() {
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
			}
		})
	}
	all.Wait()
}
