package rpc_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	"github.com/lair-chat/lair/pkg/cert"
	"github.com/lair-chat/lair/pkg/rpc"
	"github.com/lair-chat/lair/pkg/testkit/authority"
)

// program is what one program has for its proof.
type program struct {
	files  authority.Files
	keeper *cert.Keeper
}

func newAuthority(t *testing.T) *authority.Authority {
	t.Helper()
	a, err := authority.New()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func enrol(t *testing.T, a *authority.Authority, role string) program {
	t.Helper()
	files, err := a.Write(t.TempDir(), cert.Name(role))
	if err != nil {
		t.Fatal(err)
	}
	k, err := cert.OpenPeer(files.Cert, files.Key, files.CA, role, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return program{files, k}
}

// certified returns options of a program of the role that calls a service.
func certified(p program, role, service string) rpc.Options {
	o := options(new(logged))
	o.Role, o.Service, o.Cert = role, service, p.keeper
	return o
}

func hello(_ context.Context, s string) (string, error) { return "hello " + s, nil }

func TestProgramsWithCertificatesTalk(t *testing.T) {
	a := newAuthority(t)
	server := certified(enrol(t, a, "message"), "message", "")
	conn := link(t, server, certified(enrol(t, a, "gateway"), "gateway", "message"), &echo{
		say:  hello,
		chat: func(ss grpc.ServerStream) error { return ss.SendMsg(&grpc_health_v1.HealthCheckRequest{Service: "x"}) },
	})
	if got, err := say(t.Context(), conn, "ann"); err != nil || got != "hello ann" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := receive(open(t.Context(), t, conn)); err != nil {
		t.Error(err)
	}
}

// TestStrangersCallAndReadNothing has everybody who knows the cluster key, but
// lacks something else.
func TestStrangersCallAndReadNothing(t *testing.T) {
	ours, theirs := newAuthority(t), newAuthority(t)
	server := certified(enrol(t, ours, "message"), "message", "")
	gateway, other := enrol(t, ours, "gateway"), enrol(t, theirs, "gateway")
	pair := func(p authority.Pair, err error) tls.Certificate {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		c, err := tls.X509KeyPair(p.Cert, p.Key)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	trusting := gateway.keeper.Client("message") // believes ours
	with := func(certs ...tls.Certificate) credentials.TransportCredentials {
		c := trusting.Clone()
		c.Certificates = certs
		return credentials.NewTLS(c)
	}
	for name, creds := range map[string]credentials.TransportCredentials{
		"in clear":          insecure.NewCredentials(),
		"no certificate":    with(),
		"another authority": with(pair(theirs.Issue("lair-gateway"))),
		"expired":           with(pair(ours.IssueUntil(time.Now().Add(-time.Minute), "lair-gateway"))),
		"old TLS": func() credentials.TransportCredentials {
			c := trusting.Clone()
			c.MinVersion, c.MaxVersion = tls.VersionTLS12, tls.VersionTLS12
			return credentials.NewTLS(c)
		}(),
	} {
		t.Run(name, func(t *testing.T) {
			conn := stranger(t, server, creds)
			probe := grpc_health_v1.NewHealthClient(conn)
			_, err := probe.Check(t.Context(), &grpc_health_v1.HealthCheckRequest{})
			if status.Code(err) != codes.Unavailable {
				t.Errorf("health says %v", err)
			}
		})
	}
	for name, c := range map[string]rpc.Options{
		"of another role":         certified(gateway, "room", "message"), // with the key, and the wrong claim
		"of another authority":    certified(other, "gateway", "message"),
		"who wants another":       certified(gateway, "gateway", "auth"), // the server is not auth
		"who speaks in the clear": options(new(logged)),
	} {
		t.Run(name, func(t *testing.T) {
			conn := link(t, server, c, &echo{
				say:  func(context.Context, string) (string, error) { t.Error("admitted"); return "", nil },
				chat: func(grpc.ServerStream) error { t.Error("admitted"); return nil },
			})
			if _, err := say(t.Context(), conn, "x"); err == nil {
				t.Error("a call went through")
			}
			cs, err := conn.NewStream(t.Context(), &echoDesc.Streams[0], chatMethod)
			if err == nil {
				_, err = receive(cs)
			}
			if err == nil {
				t.Error("a stream went through")
			}
		})
	}
}

// stranger returns a connection to a server of the options that has only what it
// is given.
func stranger(t *testing.T, o rpc.Options, creds credentials.TransportCredentials) *grpc.ClientConn {
	t.Helper()
	lis, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := rpc.NewServer(o)
	srv.RegisterService(&echoDesc, &echo{})
	t.Cleanup(srv.Stop)
	go srv.Serve(lis) //nolint:errcheck // ends with srv
	conn, err := grpc.NewClient("passthrough:"+lis.Addr().String(), grpc.WithTransportCredentials(creds))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// TestNothingIsReadableOnTheWire looks at all bytes between two programs.
func TestNothingIsReadableOnTheWire(t *testing.T) {
	a := newAuthority(t)
	srv := rpc.NewServer(certified(enrol(t, a, "message"), "message", ""))
	srv.RegisterService(&echoDesc, &echo{say: hello})
	t.Cleanup(srv.Stop)
	listen := func() net.Listener {
		t.Helper()
		lis, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		return lis
	}
	behind, before := listen(), listen()
	go srv.Serve(behind) //nolint:errcheck // ends with srv
	var wire logged
	var all sync.WaitGroup
	all.Go(func() {
		in, err := before.Accept()
		if err != nil {
			return
		}
		defer in.Close()
		out, err := new(net.Dialer).DialContext(context.Background(), "tcp", behind.Addr().String())
		if err != nil {
			return
		}
		defer out.Close()
		all.Go(func() { _, _ = io.Copy(in, io.TeeReader(out, &wire)); _ = in.Close() })
		_, _ = io.Copy(out, io.TeeReader(in, &wire))
	})
	conn, err := rpc.Dial(before.Addr().String(), certified(enrol(t, a, "gateway"), "gateway", "message"))
	if err != nil {
		t.Fatal(err)
	}
	secret := strings.Repeat("the treasure is under the oak ", 20)
	got, err := say(t.Context(), conn, secret)
	if err != nil || got != "hello "+secret {
		t.Fatalf("%q, %v", got, err)
	}
	_, _ = conn.Close(), before.Close()
	all.Wait()
	if len(wire.String()) < 2*len(secret) {
		t.Fatalf("only %d bytes were seen", len(wire.String()))
	}
	for _, word := range []string{"treasure", "lair.test.Echo", "lair-role", "lair-gateway", "lair-message", "PRI * HTTP/2.0"} {
		// The name that the client asks for is the one thing that TLS says openly.
		if word != "lair-message" && bytes.Contains([]byte(wire.String()), []byte(word)) {
			t.Errorf("%q was on the wire", word)
		}
	}
}

// TestTheAuthorityIsReplacedWhileCallsFlow takes every step of the change at
// the server first, then at the client, or the other way round.
func TestTheAuthorityIsReplacedWhileCallsFlow(t *testing.T) {
	for name, serverFirst := range map[string]bool{"server first": true, "client first": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { rotate(t, serverFirst) })
		})
	}
}

func rotate(t *testing.T, serverFirst bool) {
	t.Helper()
	before, after := newAuthority(t), newAuthority(t)
	server, client := enrol(t, before, "message"), enrol(t, before, "gateway")
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go server.keeper.Run(ctx) //nolint:errcheck // never fails
	go client.keeper.Run(ctx) //nolint:errcheck // never fails
	srv := rpc.NewServer(certified(server, "message", ""))
	srv.RegisterService(&echoDesc, &echo{say: hello})
	defer srv.Stop()
	call := func(when string, conn *grpc.ClientConn) {
		t.Helper()
		if _, err := say(t.Context(), conn, "x"); err != nil {
			t.Errorf("%s: %v", when, err)
		}
	}
	dial := func() *grpc.ClientConn {
		t.Helper()
		conn, err := rpc.Loopback(srv, certified(client, "gateway", "message"))
		if err != nil {
			t.Fatal(err)
		}
		return conn
	}
	old := dial() // is kept open all the time
	defer old.Close()
	call("at first", old)
	programs := []struct {
		program
		role string
	}{{server, "message"}, {client, "gateway"}}
	if !serverFirst {
		programs[0], programs[1] = programs[1], programs[0]
	}
	both := append(bytes.Clone(before.PEM), after.PEM...)
	for _, step := range []struct {
		name string
		from *authority.Authority
		ca   []byte
	}{{"both authorities", before, both}, {"new certificates", after, both}, {"the old authority is gone", after, after.PEM}} {
		for _, p := range programs {
			pair, err := step.from.Issue(cert.Name(p.role))
			if err != nil {
				t.Fatal(err)
			}
			if err := p.files.Put(pair, step.ca); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Minute) // of the bubble: the files are looked at
			synctest.Wait()
			call(step.name+", the old connection", old)
			fresh := dial()
			call(step.name+", a new connection", fresh)
			_ = fresh.Close()
		}
	}
	outsider := enrol(t, before, "gateway")
	conn, err := rpc.Loopback(srv, certified(outsider, "gateway", "message"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := say(t.Context(), conn, "x"); err == nil {
		t.Error("the old authority is still believed")
	}
}

// TestWhoIsRefusedIsLoggedAndCounted: but not who only looks whether somebody
// listens, as probes do, nor who has gone before it said who it is, as programs do
// when the one they call hangs.
func TestWhoIsRefusedIsLoggedAndCounted(t *testing.T) {
	for says, want := range map[string]int{"": 0, "GET / HTTP/1.1\r\n\r\n": 1, greeting(t): 0, greeting(t)[:50]: 0} {
		var log logged
		o := certified(enrol(t, newAuthority(t), "message"), "message", "")
		o.Log, o.Registry = slog.New(slog.NewTextHandler(&log, nil)), prometheus.NewRegistry()
		lis, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		srv := rpc.NewServer(o)
		done := make(chan struct{})
		go func() { defer close(done); _ = srv.Serve(lis) }()
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", lis.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, says); err != nil {
			t.Fatal(err)
		}
		if want > 0 {
			_, _ = io.Copy(io.Discard, conn) // until it is refused
		}
		_ = conn.Close()
		srv.GracefulStop()
		<-done
		if n := strings.Count(log.String(), `msg="connection refused"`); n != want {
			t.Errorf("%q: logged %s", says, log.String())
		}
		text := `# HELP lair_rpc_server_refused_total Calls of callers that are no part of the system, by reason.
# TYPE lair_rpc_server_refused_total counter
lair_rpc_server_refused_total{reason="certificate"} ` + strconv.Itoa(want) + `
lair_rpc_server_refused_total{reason="clock"} 0
lair_rpc_server_refused_total{reason="proof"} 0
`
		if err := testutil.GatherAndCompare(o.Registry.(prometheus.Gatherer), strings.NewReader(text), "lair_rpc_server_refused_total"); err != nil {
			t.Error(err)
		}
	}
}

// greeting is the first thing that is said with TLS.
func greeting(t *testing.T) string {
	t.Helper()
	here, there := net.Pipe()
	go func() {
		// The pipe closes before there is an answer.
		_ = tls.Client(there, &tls.Config{MinVersion: tls.VersionTLS13, ServerName: "lair-message"}).HandshakeContext(t.Context())
	}()
	defer there.Close()
	defer here.Close()
	b := make([]byte, 4096)
	n, err := here.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	return string(b[:n])
}
