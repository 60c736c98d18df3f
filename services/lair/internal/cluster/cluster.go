// Package cluster runs whole systems as processes of this machine: all services
// with several gateways on PostgreSQL and Redis, or everything in one process
// on a file. It is how the system is tried out and tested without containers.
package cluster

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/lair-chat/lair/pkg/testkit/pgserver"
	"github.com/lair-chat/lair/pkg/testkit/redisserver"
)

// Options say what to run.
type Options struct {
	// Bin is the folder of the programs; Build fills one.
	Bin string
	// Dir is where the data is kept.
	Dir string
	// Host is the loopback address on which everything listens, such as
	// 127.0.0.1. Systems that run at once need different ones.
	Host string
	// Gateways is how many there are; Many has two if it is 0.
	Gateways int
	// Durable makes PostgreSQL wait for the disk, as in production.
	Durable bool
	// Plain has the programs of Many talk without certificates, as those of old
	// releases must.
	Plain bool
	// Metrics makes each program serve its metrics at an address of its own.
	Metrics bool
	// Redis is the URL of one that the system is to use; Many starts one of its own
	// if it is empty.
	Redis string
	// Env has more variables for all programs, such as LAIR_LOG_LEVEL=warn.
	Env []string
	// Out gets what the programs write; nil is nowhere.
	Out io.Writer
}

// Gateway is a place where clients come in.
type Gateway struct {
	*Program
	HTTP string // the URL of the API, without a path
	WS   string // the URL of the WebSocket
	TCP  string // such as tcp://127.0.0.1:8080
	// HTTPS is the URL of the API with a certificate, if there is one.
	HTTPS string
}

// System is a system that runs.
type System struct {
	Gateways []*Gateway
	// Programs are all processes in the order of their start, but the databases.
	Programs []*Program
	// Postgres and Redis are nil if the system has none.
	Postgres *pgserver.Server
	Redis    *redisserver.Server
	// Key is the cluster key of the services, Certificates the folder of their
	// certificates; there are none in one process.
	Key, Certificates string

	options Options
	log     journal
}

// The ports of the first gateway; each further one has them higher by step.
const (
	tcpPort   = 8080
	httpPort  = 8082
	httpsPort = 8443
	step      = 100
	// A program serves its metrics at the port that it listens on, and so much.
	metrics = 2000
)

// services are the programs behind the gateways and their ports.
var services = []struct {
	name string
	port int
}{{"auth", 7001}, {"room", 7002}, {"message", 7003}, {"presence", 7004}}

// unlimited lets one machine do what many clients do.
var unlimited = []string{
	"LAIR_LIMIT_AUTH=0", "LAIR_LIMIT_MESSAGES=0", "LAIR_LIMIT_ADDRESS=0", "LAIR_LIMIT_USER=0",
}

// One starts everything in one process, on a file in the folder.
func One(ctx context.Context, o Options) (*System, error) {
	s := &System{options: o, log: journal{to: o.Out}}
	g := s.gateway("lair", 0, "serve")
	g.env = append(g.env, "LAIR_DATA_DIR="+filepath.Join(o.Dir, "data"))
	return s, s.start(ctx, g.Program)
}

// Many starts PostgreSQL, Redis, a process for each service, and the gateways.
func Many(ctx context.Context, o Options) (*System, error) {
	s := &System{options: o, log: journal{to: o.Out}}
	var err error
	if s.Postgres, err = pgserver.Start(ctx, pgserver.Options{Durable: o.Durable}); err != nil {
		return s, err
	}
	redis := o.Redis
	if redis == "" {
		if s.Redis, err = redisserver.Start(ctx); err != nil {
			return s, err
		}
		redis = s.Redis.URL()
	}
	certified, err := certify(o)
	if err != nil {
		return s, err
	}
	if !o.Plain {
		s.Certificates = Certificates(o.Dir)
	}
	secret := rand.Text() + rand.Text()
	s.Key = rand.Text() + rand.Text()
	s.options.Env = append(slices.Clone(o.Env), "LAIR_CLUSTER_KEY="+s.Key, "LAIR_REDIS_URL="+redis)
	var addresses []string
	for _, v := range services {
		addr := net.JoinHostPort(o.Host, strconv.Itoa(v.port))
		p := s.program(v.name, v.name)
		p.GRPC = addr
		p.env = append(append(p.env, "LAIR_GRPC_ADDR="+addr), certified[v.name]...)
		s.measure(p, v.port+metrics)
		if v.name != "presence" {
			p.env = append(p.env, "LAIR_DATABASE_URL="+s.Postgres.URL("postgres"))
		}
		if v.name == "auth" {
			p.env = append(p.env, "LAIR_JWT_SECRET="+secret)
		}
		p.env = append(p.env, addresses...) // of those before it
		p.ready = listens(addr)
		addresses = append(addresses, fmt.Sprintf("LAIR_%s_ADDR=%s", strings.ToUpper(v.name), addr))
		if err := s.start(ctx, p); err != nil {
			return s, err
		}
	}
	n := o.Gateways
	if n == 0 {
		n = 2
	}
	for i := range n {
		g := s.gateway("gateway", i)
		g.Name = "gateway-" + strconv.Itoa(i+1)
		g.out = s.log.of(g.Name)
		g.env = append(append(g.env, addresses...), certified["gateway"]...)
		if err := s.start(ctx, g.Program); err != nil {
			return s, err
		}
	}
	return s, nil
}

func (s *System) program(name, path string, args ...string) *Program {
	return &Program{
		Name: name, path: filepath.Join(s.options.Bin, path), args: args,
		env: slices.Clone(s.options.Env), dir: s.options.Dir, out: s.log.of(name),
	}
}

func (s *System) gateway(path string, i int, args ...string) *Gateway {
	tcp, http, https := tcpPort+i*step, httpPort+i*step, httpsPort+i*step
	g := &Gateway{
		Program: s.program(path, path, args...),
		HTTP:    fmt.Sprintf("http://%s:%d", s.options.Host, http),
		WS:      fmt.Sprintf("ws://%s:%d/ws", s.options.Host, http),
		TCP:     fmt.Sprintf("tcp://%s:%d", s.options.Host, tcp),
		HTTPS:   fmt.Sprintf("https://%s:%d", s.options.Host, https),
	}
	g.env = append(slices.Clone(unlimited), g.env...) // unless the options say otherwise
	g.env = append(g.env, "LAIR_BIND_ADDRESS="+s.options.Host,
		"LAIR_TCP_PORT="+strconv.Itoa(tcp), "LAIR_HTTP_PORT="+strconv.Itoa(http), "LAIR_HTTPS_PORT="+strconv.Itoa(https))
	s.measure(g.Program, http+metrics)
	g.ready = answers(g.HTTP)
	s.Gateways = append(s.Gateways, g)
	return g
}

// measure lets a program serve its metrics at a port, if that is wanted.
func (s *System) measure(p *Program, port int) {
	if s.options.Metrics {
		p.Metrics = net.JoinHostPort(s.options.Host, strconv.Itoa(port))
		p.env = append(p.env, "LAIR_METRICS_ADDR="+p.Metrics)
	}
}

func (s *System) start(ctx context.Context, p *Program) error {
	s.Programs = append(s.Programs, p)
	return p.Run(ctx)
}

// Program returns the one with the name: a service, "gateway-1" or "lair".
func (s *System) Program(name string) *Program {
	for _, p := range s.Programs {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// Stop ends the programs, the last one first, and then the databases. It may be
// called for a system that did not start in whole.
func (s *System) Stop() error {
	var errs []error
	for _, p := range slices.Backward(s.Programs) {
		errs = append(errs, p.Stop())
	}
	if s.Redis != nil {
		errs = append(errs, s.Redis.Stop())
	}
	if s.Postgres != nil {
		errs = append(errs, s.Postgres.Stop())
	}
	return errors.Join(errs...)
}

// Build compiles all programs into the folder, as the version, with the race
// detector if race is set.
func Build(ctx context.Context, dir, version string, race bool) error {
	args := []string{"build", "-ldflags", "-X main.version=" + version, "-o", dir + string(os.PathSeparator)}
	if race {
		args = append(args, "-race")
	}
	const module = "github.com/lair-chat/lair/services/"
	args = append(args, module+"lair", module+"gateway/cmd/gateway")
	for _, v := range services {
		args = append(args, module+v.name+"/cmd/"+v.name)
	}
	return compile(ctx, args)
}
