package live

import (
	"crypto/rand"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/lair-chat/lair/pkg/cert"
	"github.com/lair-chat/lair/pkg/rpc"
	"github.com/lair-chat/lair/pkg/testkit/authority"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
)

// caller is a gateway that does something wrong, and calls auth again and again.
func caller(wrong func(*rpc.Options)) func(*testing.T, *system) func() {
	return func(t *testing.T, s *system) func() {
		t.Helper()
		name := filepath.Join(s.Certificates, cert.Name("gateway"))
		keeper, err := cert.OpenPeer(name+".crt", name+".key", name+".ca", "gateway", slog.New(slog.DiscardHandler))
		must(t, err)
		o := rpc.Options{Role: "gateway", Key: []byte(s.Key), Cert: keeper, Service: "auth"}
		wrong(&o)
		for _, p := range s.Programs {
			if p.Name != "auth" {
				continue
			}
			conn, err := rpc.Dial(p.GRPC, o)
			must(t, err)
			defer conn.Close()
			for range 12 {
				if _, err := authv1.NewAuthServiceClient(conn).CheckSession(t.Context(), &authv1.CheckSessionRequest{}); err == nil {
					t.Error("the caller was admitted")
				}
			}
		}
		return func() {}
	}
}

func wrongClock(o *rpc.Options) {
	o.Now = func() time.Time { return time.Now().Add(-time.Minute) }
}

func wrongKey(o *rpc.Options) { o.Key = []byte(rand.Text() + rand.Text()) }

// certificateEnds gives presence a certificate that expires within seconds, of an
// authority that all believe from then on.
func certificateEnds(t *testing.T, s *system) func() {
	t.Helper()
	a, err := authority.New()
	must(t, err)
	bundles, err := filepath.Glob(filepath.Join(s.Certificates, "*.ca"))
	must(t, err)
	var both []byte
	for _, file := range bundles {
		text, err := os.ReadFile(file)
		must(t, err)
		both = slices.Concat(text, a.PEM)
		must(t, os.WriteFile(file, both, 0o600))
	}
	name := filepath.Join(s.Certificates, cert.Name("presence"))
	renew := func(life time.Duration) {
		pair, err := a.IssueUntil(time.Now().Add(life), cert.Name("presence"))
		if err == nil {
			err = authority.Files{Cert: name + ".crt", Key: name + ".key", CA: name + ".ca"}.Put(pair, both)
		}
		if err != nil {
			t.Error(err)
		}
	}
	renew(16 * time.Second)
	return func() { renew(100 * 24 * time.Hour) }
}
