package e2e

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"

	"github.com/lair-chat/lair/pkg/cert"
	"github.com/lair-chat/lair/pkg/testkit/authority"
	"github.com/lair-chat/lair/services/lair/internal/cluster"
)

// The authority between the programs gives way to another one while people write,
// and then every service is begun again. Nobody else is let in at any time.
func TestCertificatesAreReplacedWhilePeopleWrite(t *testing.T) {
	var o cluster.Options
	s := begin(t, func(ctx context.Context, given cluster.Options) (*cluster.System, error) {
		o = given
		return cluster.Many(ctx, o)
	})
	dir := cluster.Certificates(o.Dir)
	before, err := os.ReadFile(filepath.Join(dir, "lair-auth.ca"))
	must(t, err)
	old, err := tls.LoadX509KeyPair(filepath.Join(dir, "lair-gateway.crt"), filepath.Join(dir, "lair-gateway.key"))
	must(t, err)
	next, err := authority.New()
	must(t, err)
	c := sing(t, s)
	pairs := map[string]authority.Pair{}
	step := func(n int, ca []byte) {
		t.Helper()
		for _, role := range []string{"auth", "room", "message", "presence", "gateway"} {
			f := authority.Files{}
			for path, end := range map[*string]string{&f.Cert: ".crt", &f.Key: ".key", &f.CA: ".ca"} {
				*path = filepath.Join(dir, cert.Name(role)+end)
			}
			pair, ok := pairs[role]
			if !ok {
				pair = authority.Pair{Cert: content(t, f.Cert), Key: content(t, f.Key)}
			}
			must(t, f.Put(pair, ca))
		}
		replaced(t, s, n*len(s.Programs))
		c.probe()
	}
	both := append(bytes.Clone(before), next.PEM...)
	step(1, both)
	for _, role := range []string{"auth", "room", "message", "presence", "gateway"} {
		pairs[role], err = next.Issue(cert.Name(role))
		must(t, err)
	}
	step(2, both)
	step(3, next.PEM)

	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(next.PEM)
	ours, err := tls.X509KeyPair(pairs["gateway"].Cert, pairs["gateway"].Key)
	must(t, err)
	for role, port := range map[string]string{"auth": "7001", "room": "7002", "message": "7003", "presence": "7004"} {
		with := func(certs ...tls.Certificate) credentials.TransportCredentials {
			return credentials.NewTLS(&tls.Config{MinVersion: tls.VersionTLS13, Certificates: certs, RootCAs: pool, ServerName: cert.Name(role)})
		}
		for who, creds := range map[string]credentials.TransportCredentials{
			"in clear": insecure.NewCredentials(), "without a certificate": with(), "of the old authority": with(old),
		} {
			if ask(t, o.Host+":"+port, creds) == nil {
				t.Errorf("%s answers who comes %s", role, who)
			}
		}
		must(t, ask(t, o.Host+":"+port, with(ours)))
	}
	if _, text := get(t, s.first().HTTP+"/ready"); !strings.Contains(text, `"certificates":{"internal":"valid"}`) {
		t.Errorf("/ready says %s", text)
	}
	for _, p := range s.Programs[:4] {
		crash(t, p)
		c.probe()
	}
	t.Logf("%d messages", c.end())
}

func content(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	must(t, err)
	return text
}

// replaced waits until the programs have said so many times that they have another
// certificate.
func replaced(t *testing.T, s *system, n int) {
	t.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for ctx := soon(t); bytes.Count(content(t, s.log.Name()), []byte("the certificate was replaced")) < n; {
		select {
		case <-ctx.Done():
			t.Fatal("the certificates are not taken")
		case <-tick.C:
		}
	}
}

// ask asks a service for its health.
func ask(t *testing.T, addr string, creds credentials.TransportCredentials) error {
	t.Helper()
	conn, err := grpc.NewClient("passthrough:"+addr, grpc.WithTransportCredentials(creds)) //nolint:forbidigo // a stranger is no peer
	must(t, err)
	defer conn.Close()
	_, err = healthv1.NewHealthClient(conn).Check(soon(t), &healthv1.HealthCheckRequest{})
	return err
}
