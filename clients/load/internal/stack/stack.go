// Package stack runs the real programs of the system, each as a process of its
// own, on a PostgreSQL and a Redis that are thrown away. Start at Many and One.
package stack

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/lair-chat/lair/pkg/testkit/child"       //nolint:depguard // a benchmark throws its servers away
	"github.com/lair-chat/lair/pkg/testkit/pgserver"    //nolint:depguard // as above
	"github.com/lair-chat/lair/pkg/testkit/redisserver" //nolint:depguard // as above
)

// Stack is the system in the processes of one run.
type Stack struct {
	Postgres *pgserver.Server
	Redis    *redisserver.Server
	// HTTP, TCP and Metrics are where the gateway listens.
	HTTP, TCP, Metrics netip.AddrPort

	bin, dir  string
	placement Placement
	gateway   *child.Process
	processes []*child.Process
	vars      map[string]string
}

// Placement says on which CPU what runs; the zero value leaves it to the
// kernel.
type Placement struct {
	Pinned         bool
	Gateway, Other int
}

// services are the programs behind the gateway.
var services = []string{"auth", "room", "message", "presence"}

// startTime bounds the start of one program.
const startTime = 60 * time.Second

// Servers starts PostgreSQL, whose commits wait for the disk, and Redis. dir
// keeps what the processes write.
func Servers(ctx context.Context, bin, dir string) (*Stack, error) {
	s := &Stack{bin: bin, dir: dir}
	var err error
	if s.Postgres, err = pgserver.Start(ctx, pgserver.Options{Durable: true}); err != nil {
		return nil, err
	}
	if s.Redis, err = redisserver.Start(ctx); err != nil {
		return nil, errors.Join(err, s.Postgres.Stop())
	}
	return s, nil
}

// Many starts the services and a gateway.
func (s *Stack) Many(ctx context.Context, p Placement) error {
	s.placement = p
	s.vars = map[string]string{
		"LAIR_CLUSTER_KEY": "a-key-of-the-benchmark-and-no-other", "LAIR_JWT_SECRET": "a-secret-of-the-benchmark-and-no-other",
		"LAIR_DATABASE_URL": s.Postgres.URL("postgres"), "LAIR_REDIS_URL": s.Redis.URL(),
	}
	for _, name := range services {
		addr, err := free()
		if err != nil {
			return err
		}
		process, err := s.start(name, p.Other, map[string]string{"LAIR_GRPC_ADDR": addr.String()})
		if err != nil {
			return err
		}
		s.processes = append(s.processes, process)
		if err := reachable(ctx, addr, process); err != nil {
			return fmt.Errorf("%s: %w: %s", name, err, s.tail(name))
		}
		s.vars["LAIR_"+upper[name]+"_ADDR"] = addr.String() // for those that come after it
	}
	if p.Pinned {
		if err := errors.Join(PinBelow("postgres", p.Other), PinBelow("redis-server", p.Other)); err != nil {
			return err
		}
	}
	return s.Renew(ctx)
}

var upper = map[string]string{"auth": "AUTH", "room": "ROOM", "message": "MESSAGE", "presence": "PRESENCE"}

// Renew replaces the gateway by a fresh process.
func (s *Stack) Renew(ctx context.Context) error {
	if s.gateway != nil {
		_ = s.gateway.Stop(syscall.SIGKILL)
	}
	return s.front(ctx, "gateway", nil)
}

// One starts everything in one process, on SQLite.
func (s *Stack) One(ctx context.Context, file string) error {
	s.placement, s.vars = Placement{}, nil
	return s.front(ctx, "lair", map[string]string{
		"LAIR_DATA_DIR": filepath.Dir(file), "LAIR_DATABASE_URL": "sqlite:" + file,
	}, "serve")
}

// front starts the program that clients reach, and waits until it is ready.
func (s *Stack) front(ctx context.Context, name string, vars map[string]string, args ...string) error {
	own := map[string]string{
		"LAIR_BIND_ADDRESS": "127.0.0.1", "LAIR_TCP_MAX_CONNECTIONS": "0",
		"LAIR_LIMIT_AUTH": "0", "LAIR_LIMIT_MESSAGES": "0", "LAIR_LIMIT_ADDRESS": "0", "LAIR_LIMIT_USER": "0",
		"LAIR_WS_MAX_CONNECTIONS": "0", "LAIR_ADDRESS_MAX_CONNECTIONS": "0", "LAIR_USER_MAX_CONNECTIONS": "0",
	}
	for variable, addr := range map[string]*netip.AddrPort{
		"LAIR_HTTP_PORT": &s.HTTP, "LAIR_TCP_PORT": &s.TCP, "LAIR_METRICS_ADDR": &s.Metrics,
	} {
		var err error
		if *addr, err = free(); err != nil {
			return err
		}
		own[variable] = strconv.Itoa(int(addr.Port()))
	}
	own["LAIR_METRICS_ADDR"] = s.Metrics.String()
	maps.Copy(own, vars)
	var err error
	if s.gateway, err = s.start(name, s.placement.Gateway, own, args...); err != nil {
		return err
	}
	if err := ready(ctx, "http://"+s.HTTP.String()+"/ready", s.gateway); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, s.tail(name))
	}
	return nil
}

// start runs a program with the common variables, vars, and none of ours.
func (s *Stack) start(name string, cpu int, vars map[string]string, args ...string) (*child.Process, error) {
	env := []string{"LAIR_LOG_LEVEL=warn"}
	if s.placement.Pinned {
		env = append(env, "GOMAXPROCS=1")
	}
	for _, set := range []map[string]string{s.vars, vars} {
		for k, v := range set {
			env = append(env, k+"="+v)
		}
	}
	log, err := os.Create(s.logFile(name))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	process, err := child.Start(child.Command{
		Path: filepath.Join(s.bin, name), Args: args, Env: env, Dir: s.dir, Out: log, Death: syscall.SIGKILL,
	})
	if err != nil || !s.placement.Pinned {
		return process, err
	}
	return process, Pin(process.Pid(), cpu)
}

func (s *Stack) logFile(name string) string { return filepath.Join(s.dir, name+".log") }

// tail returns the end of what a program logged.
func (s *Stack) tail(name string) string {
	log, _ := os.ReadFile(s.logFile(name))
	return string(log[max(0, len(log)-2000):])
}

// Log returns the end of the log of the program that clients reach, which is
// empty unless it had to warn.
func (s *Stack) Log() string { return s.tail("gateway") + s.tail("lair") }

// Pid returns the process id of the program that clients reach.
func (s *Stack) Pid() int { return s.gateway.Pid() }

// Clear ends the programs and leaves the servers.
func (s *Stack) Clear() {
	if s.gateway != nil {
		_ = s.gateway.Stop(syscall.SIGKILL)
		s.gateway = nil
	}
	for _, p := range s.processes {
		_ = p.Stop(syscall.SIGKILL)
	}
	s.processes = nil
}

// Stop ends everything.
func (s *Stack) Stop() error {
	s.Clear()
	return errors.Join(s.Redis.Stop(), s.Postgres.Stop())
}

// free returns an address that nobody listens on.
func free() (netip.AddrPort, error) {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return netip.AddrPort{}, err
	}
	defer l.Close()
	return netip.ParseAddrPort(l.Addr().String())
}

func reachable(ctx context.Context, addr netip.AddrPort, p *child.Process) error {
	return until(ctx, p, func(ctx context.Context) error {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr.String())
		if err != nil {
			return err
		}
		return conn.Close()
	})
}

func ready(ctx context.Context, url string, p *child.Process) error {
	return until(ctx, p, func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
		if err != nil {
			return err
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return fmt.Errorf("not ready: %s", resp.Status)
		}
		return nil
	})
}

// until tries again and again until it works or the process has ended.
func until(ctx context.Context, p *child.Process, try func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	for {
		err := try(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-p.Done():
			return errors.New("it ended at its start")
		case <-ctx.Done():
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
}
