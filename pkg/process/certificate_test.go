package process_test

import (
	"log/slog"
	"net"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/lair-chat/lair/pkg/cert"
	"github.com/lair-chat/lair/pkg/config"
	"github.com/lair-chat/lair/pkg/process"
	"github.com/lair-chat/lair/pkg/rpc"
	"github.com/lair-chat/lair/pkg/testkit/authority"
)

func TestCertificatesAreGivenWholeOrNotAtAll(t *testing.T) {
	all := []string{cert.PeerCertVariable, cert.PeerKeyVariable, cert.PeerCAVariable}
	for mask := range 8 {
		var environ, missing []string
		for i, name := range all {
			if mask&(1<<i) != 0 {
				environ = append(environ, name+"=/x")
			} else {
				missing = append(missing, name)
			}
		}
		err := config.Load(environ, process.Names(), &process.Config{})
		if whole := mask == 0 || mask == 7; (err == nil) != whole {
			t.Errorf("%v: %v", environ, err)
		}
		for _, name := range missing {
			if err != nil && !strings.Contains(err.Error(), name) {
				t.Errorf("%v: %v does not name %s", environ, err, name)
			}
		}
	}
}

func TestAServiceWithACertificateIsAskedByItsOwn(t *testing.T) {
	a, err := authority.New()
	if err != nil {
		t.Fatal(err)
	}
	files, err := a.Write(t.TempDir(), cert.Name("room"))
	if err != nil {
		t.Fatal(err)
	}
	keeper, err := cert.OpenPeer(files.Cert, files.Key, files.CA, "room", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	lis, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := rpc.NewServer(rpc.Options{Role: "room", Key: make([]byte, 32), Cert: keeper})
	defer srv.Stop()
	go srv.Serve(lis) //nolint:errcheck // the test ends it
	bare := []string{"LAIR_GRPC_ADDR=" + lis.Addr().String()}
	environ := append(slices.Clone(bare), cert.PeerCertVariable+"="+files.Cert, cert.PeerKeyVariable+"="+files.Key, cert.PeerCAVariable+"="+files.CA)
	if err := process.AskServer(t.Context(), environ); err != nil {
		t.Error(err)
	}
	if err := process.AskServer(t.Context(), bare); err == nil {
		t.Error("who has no certificate got an answer")
	}
	if err := os.WriteFile(files.Key, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := process.AskServer(t.Context(), environ); err == nil || !strings.Contains(err.Error(), cert.PeerKeyVariable) {
		t.Errorf("with half a key: %v", err)
	}
}
