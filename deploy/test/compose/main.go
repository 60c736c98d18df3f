// Command compose lets people chat through the load balancer of
// docker-compose.yml while it kills one container after the other. Its arguments
// are the command that is compose, such as docker compose. With -observability it
// first does what an operator does with the profile of that name.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/lair-chat/lair/deploy/test/hall"
)

const (
	web    = "https://localhost:18443"
	socket = "wss://localhost:18443/ws"
	plain  = "http://localhost:18082"
	tcp    = "tcp://localhost:18080"
	tcps   = "tls://localhost:18081"

	certificate = "deploy/compose/secrets/certificate.pem"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	observability := flag.Bool("observability", false, "the profile observability runs, all but Grafana")
	flag.Parse()
	if err := try(ctx, containers(flag.Args()), *observability); err != nil {
		fmt.Fprintln(os.Stderr, "compose:", err)
		os.Exit(1) //nolint:gocritic // nothing is left to do
	}
}

// outage is a container that is killed, and whether people can talk without it.
type outage struct {
	container string
	needed    bool
}

func outages() []outage {
	return []outage{
		{"gateway-1", false},
		{"gateway-2", false},
		{"auth", false},
		{"room", false},
		{"presence", false},
		{"redis", false},
		{"message", true},
		{"postgres", true},
	}
}

func try(ctx context.Context, c containers, observability bool) error {
	n, err := newNext()
	if err != nil {
		return err
	}
	trust, err := trusted(n)
	if err != nil {
		return err
	}
	people, err := open(ctx, trust)
	if err != nil {
		return err
	}
	defer people.Close(ctx)
	if err := people.Talk(ctx, "all is well"); err != nil {
		return err
	}
	hall.Say("Ann and Bob (wss), Cas (TCP) and Dan (TCP with TLS) hear each other")
	if err := spread(ctx, c); err != nil {
		return err
	}
	if observability {
		if err := watch(ctx, people, c); err != nil {
			return err
		}
	}
	for _, o := range outages() {
		if err := without(ctx, people, c, o); err != nil {
			return fmt.Errorf("%s killed: %w", o.container, err)
		}
	}
	if err := renew(ctx, people, c, trust, n); err != nil {
		return fmt.Errorf("another certificate: %w", err)
	}
	if err := upgrade(ctx, people, c); err != nil {
		return fmt.Errorf("upgrade: %w", err)
	}
	if err := people.Check(); err != nil {
		return err
	}
	if err := care(ctx, c, trust); err != nil {
		return err
	}
	return alone(ctx, c)
}

// without kills a container while people talk.
func without(ctx context.Context, people *hall.Hall, c containers, o outage) error {
	began := time.Now()
	if err := c.run(ctx, "kill", o.container); err != nil {
		return err
	}
	if o.needed {
		// What is said meanwhile is said when it is back.
		said := make(chan error, 1)
		go func() { said <- people.Talk(ctx, "while "+o.container+" is away") }()
		time.Sleep(2 * time.Second)
		if err := c.run(ctx, "start", o.container); err != nil {
			return err
		}
		if err := <-said; err != nil {
			return err
		}
		hall.Say("%s killed and started again: all was said and heard after %s", o.container, hall.Since(began))
		return c.healthy(ctx, o.container)
	}
	if err := people.Talk(ctx, "without "+o.container); err != nil {
		return err
	}
	hall.Say("%s killed: chat went on without it, all heard after %s", o.container, hall.Since(began))
	if err := c.run(ctx, "start", o.container); err != nil {
		return err
	}
	if err := c.healthy(ctx, o.container); err != nil {
		return err
	}
	return people.Talk(ctx, o.container+" is back")
}

// trusted is the certificate of init.sh, and the one that comes after it.
func trusted(n next) (*tls.Config, error) {
	pem, err := os.ReadFile(certificate)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) || !roots.AppendCertsFromPEM(n.cert) {
		return nil, errors.New("the certificate cannot be read")
	}
	return &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, nil
}

// open has four people meet, two of them on WebSockets, two on TCP.
func open(ctx context.Context, trust *tls.Config) (*hall.Hall, error) {
	return hall.Open(ctx, trust, hall.Seat{Name: "ann", Web: web, Address: socket},
		hall.Seat{Name: "bob", Web: web, Address: socket}, hall.Seat{Name: "cas", Web: plain, Address: tcp},
		hall.Seat{Name: "dan", Web: web, Address: tcps})
}
