// Package process is what the programs of the system have in common: they read
// their configuration, wait for the database and for Redis, serve gRPC behind
// the cluster key, and tell their health.
package process

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/redis/go-redis/v9"
	"google.golang.org/grpc"

	"github.com/lair-chat/lair/pkg/bus/redisbus"
	"github.com/lair-chat/lair/pkg/cert"
	"github.com/lair-chat/lair/pkg/config"
	"github.com/lair-chat/lair/pkg/gctune"
	"github.com/lair-chat/lair/pkg/redisdb"
	"github.com/lair-chat/lair/pkg/rpc"
	"github.com/lair-chat/lair/pkg/run"
	"github.com/lair-chat/lair/pkg/sqldb"
	"github.com/lair-chat/lair/pkg/telemetry"
)

// names holds the variables of all programs of this release, one a line. It is
// generated with the manual of the configuration.
//
//go:embed names.txt
var names string

// Names returns the variables that the programs of this release know.
func Names() []string { return strings.Fields(names) }

// Process is one program on its way up. Its methods are called one after the
// other by main.
type Process struct {
	*telemetry.Telemetry
	Health *rpc.Health

	role   string
	cfg    Config
	parts  []run.Part
	checks []check
	cert   *cert.Keeper // nil without certificates between programs
	// unready is what the last look at the checks has found; a process that
	// drains is unready, too.
	unready  atomic.Bool
	settling sync.Mutex // guards changes of unready, and draining
	draining bool
	full     fullness
}

// New reads the configuration from the environment into cfg and the structs
// of more, and starts the telemetry. role is the name of the service.
func New(ctx context.Context, role, version string, cfg *Config, more ...any) (*Process, error) {
	if err := config.Load(os.Environ(), Names(), append([]any{cfg}, more...)...); err != nil {
		return nil, err
	}
	p, err := With(ctx, role, version, *cfg)
	if err != nil {
		return nil, err
	}
	return p, p.certify()
}

// With is New with a configuration that was read already.
func With(ctx context.Context, role, version string, cfg Config) (*Process, error) {
	gctune.Start()
	t, err := telemetry.New(ctx, cfg.Telemetry, role, version, os.Stderr)
	if err != nil {
		return nil, err
	}
	parts, err := t.Parts(ctx)
	if err != nil {
		return nil, err
	}
	return &Process{Telemetry: t, Health: rpc.NewHealth(), role: role, cfg: cfg, parts: parts}, nil
}

// Add adds a part that needs those before it.
func (p *Process) Add(parts ...run.Part) { p.parts = append(p.parts, parts...) }

// Parts returns everything that has to run.
func (p *Process) Parts() []run.Part { return p.parts }

// Postgres opens the database and waits until it answers, for as long as the
// configuration says.
func (p *Process) Postgres(ctx context.Context, url string) (*pgxpool.Pool, error) {
	pool, err := sqldb.OpenPostgres(ctx, url, p.noteFull)
	if err != nil {
		return nil, fmt.Errorf("LAIR_DATABASE_URL: %w", err)
	}
	if err := run.Retry(ctx, p.Log, "PostgreSQL", p.cfg.StartTimeout, pool.Ping); err != nil {
		pool.Close()
		return nil, fmt.Errorf("LAIR_DATABASE_URL: %w", err)
	}
	standby, err := sqldb.Standby(ctx, pool)
	if err != nil {
		pool.Close()
		return nil, fmt.Errorf("LAIR_DATABASE_URL: %w", err)
	}
	p.Log.InfoContext(ctx, "database opened", "commits_wait_for_standby", standby)
	p.Add(run.Part{Name: "postgres", Run: func(ctx context.Context) error {
		<-ctx.Done()
		pool.Close()
		return nil
	}})
	p.Check("postgres", pool.Ping)
	p.Registry.MustRegister(postgresMeters(pool), p.fullMeters())
	return pool, nil
}

// Redis opens Redis and a bus on it, and waits until it answers.
func (p *Process) Redis(ctx context.Context, url string) (redis.UniversalClient, *redisbus.Bus, error) {
	client, err := redisdb.Open(url)
	if err != nil {
		return nil, nil, fmt.Errorf("LAIR_REDIS_URL %w", err)
	}
	ping := func(ctx context.Context) error { return redisdb.Ping(ctx, client) }
	if err := run.Retry(ctx, p.Log, "Redis", p.cfg.StartTimeout, ping); err != nil {
		_ = client.Close()
		return nil, nil, fmt.Errorf("LAIR_REDIS_URL: %w", err)
	}
	b := redisbus.New(client, p.Log)
	p.Registry.MustRegister(redisMeters(client), busMeters(b))
	p.Add(run.Part{Name: "redis", Run: func(ctx context.Context) error {
		defer client.Close()
		return b.Run(ctx)
	}})
	return client, b, nil
}

// Options returns what the servers and connections of the process have in
// common.
func (p *Process) Options() rpc.Options {
	return rpc.Options{
		Role: p.role, Key: []byte(p.cfg.ClusterKey.Reveal()), Log: p.Log, Registry: p.Registry,
		Tracer: p.Tracer, Health: p.Health, Away: sqldb.Away, Cert: p.cert,
	}
}

// Dial returns a connection to the service whose address the variable holds. It
// does not wait for the service.
func (p *Process) Dial(variable, addr string) (*grpc.ClientConn, error) {
	o := p.Options()
	o.Service = service(variable)
	conn, err := rpc.Dial(addr, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", variable, err)
	}
	p.Add(run.Part{Name: "connection to " + addr, Run: func(ctx context.Context) error {
		<-ctx.Done()
		return conn.Close()
	}})
	return conn, nil
}

// Serve adds the parts that serve gRPC on the address and tell its health, and
// returns the server for services to be registered.
func (p *Process) Serve(ctx context.Context, addr string) (*grpc.Server, error) {
	lis, err := listen(ctx, addr)
	if err != nil {
		return nil, fmt.Errorf("LAIR_GRPC_ADDR: %w", err)
	}
	srv := rpc.NewServer(p.Options())
	p.Registry.MustRegister(p.healthMeters())
	p.Add(run.Part{
		Name: "grpc " + lis.Addr().String(),
		Run: func(ctx context.Context) error {
			stop := p.watch(ctx)
			defer stop()
			p.Log.InfoContext(ctx, "serving", "addr", lis.Addr().String())
			return rpc.Serve(ctx, srv, lis)
		},
		Drain: func(context.Context) error {
			p.drain()
			return nil
		},
	})
	return srv, nil
}

// checkEvery is the time between two looks at the dependencies.
const checkEvery = 2 * time.Second
