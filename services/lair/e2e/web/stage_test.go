package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/lair-chat/lair/pkg/testkit/certtest"
	"github.com/lair-chat/lair/services/lair/internal/cluster"
)

// stage is a system that browsers use.
type stage struct {
	*cluster.System
	dir      string
	log      *os.File
	key      string
	balancer *balancer
}

// hosts counts the systems, each of which has a loopback address of its own.
var hosts atomic.Int32

// begin starts a system with a certificate that is thrown away, and with more
// variables. Its end must be in good order, and no program may have found a race.
func begin(t *testing.T, bin string, start func(context.Context, cluster.Options) (*cluster.System, error), env ...string) *stage {
	t.Helper()
	pid := os.Getpid()
	host := fmt.Sprintf("127.%d.%d.%d", 1+pid>>8&0x7f, pid&0xff, hosts.Add(1))
	pair, key := certtest.New(t).Issue(t, 1, host)
	s := &stage{dir: t.TempDir(), key: publicKey(t, pair)}
	certPath, keyPath := certtest.Write(t, s.dir, pair, key)
	var err error
	if s.log, err = os.Create(filepath.Join(s.dir, "log")); err != nil {
		t.Fatal(err)
	}
	s.System, err = start(t.Context(), cluster.Options{
		Bin: bin, Dir: s.dir, Out: s.log, Host: host,
		Env: append([]string{
			"LAIR_DRAIN_WINDOW=1s", "LAIR_TLS_ENABLED=true", "LAIR_TLS_CERT_PATH=" + certPath, "LAIR_TLS_KEY_PATH=" + keyPath,
		}, env...),
	})
	t.Cleanup(func() { s.end(t) })
	if err != nil {
		t.Fatal(err)
	}
	s.balancer = balance(t, host, s.Gateways)
	return s
}

func (s *stage) place() place {
	return place{URL: "https://" + s.balancer.addr, API: s.Gateways[len(s.Gateways)-1].HTTP, Key: s.key}
}

func (s *stage) end(t *testing.T) {
	t.Helper()
	if err := s.Stop(); err != nil {
		t.Error(err)
	}
	text, err := os.ReadFile(s.log.Name())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.log.Close(); err != nil {
		t.Error(err)
	}
	for _, word := range []string{"WARNING: DATA RACE", "panic:"} {
		if i := bytes.Index(text, []byte(word)); i >= 0 {
			t.Errorf("a program has a bug:\n%s", text[i:min(i+4000, len(text))])
		}
	}
	if t.Failed() {
		t.Logf("the end of the log:\n%s", text[max(0, len(text)-6000):])
	}
}

// publicKey is how a browser is told to trust a certificate: the hash of its key.
func publicKey(t *testing.T, cert []byte) string {
	t.Helper()
	block, _ := pem.Decode(cert)
	parsed, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(parsed.RawSubjectPublicKeyInfo)
	return base64.StdEncoding.EncodeToString(sum[:])
}
