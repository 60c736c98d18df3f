package gateway_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/lair-chat/lair/pkg/bus/membus"
	"github.com/lair-chat/lair/pkg/run"
	"github.com/lair-chat/lair/pkg/testkit/certtest"
	"github.com/lair-chat/lair/services/gateway"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// nobody is a connection to services that do not answer.
type nobody struct{}

func (nobody) Invoke(context.Context, string, any, any, ...grpc.CallOption) error {
	return status.Error(codes.Unavailable, "nobody is there")
}

func (nobody) NewStream(context.Context, *grpc.StreamDesc, string, ...grpc.CallOption) (grpc.ClientStream, error) {
	return nil, status.Error(codes.Unavailable, "nobody is there")
}

// server is a gateway with TLS and those who trust it.
type server struct {
	*gateway.Gateway
	t        *testing.T
	trust    *tls.Config
	stop     context.CancelFunc
	finished chan error
}

// serve runs a gateway with TLS; change is done to its configuration.
func serve(t *testing.T, change func(*gateway.Config)) *server {
	t.Helper()
	return serveUntil(t, time.Now().Add(24*time.Hour), change)
}

// serveUntil is serve with a certificate that ends, or has ended, at the time.
func serveUntil(t *testing.T, end time.Time, change func(*gateway.Config)) *server {
	t.Helper()
	authority := certtest.New(t)
	cert, key := authority.IssueUntil(t, end, 1)
	c := gateway.Config{BindAddress: "127.0.0.1", HTTPPortEnabled: true, DrainWindow: time.Millisecond}
	c.TLSCertPath, c.TLSKeyPath = certtest.Write(t, t.TempDir(), cert, key)
	if change != nil {
		change(&c)
	}
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	g, err := gateway.New(t.Context(), gateway.Needs{
		Config: c, Conns: gateway.Conns{Auth: nobody{}, Room: nobody{}, Message: nobody{}, Presence: nobody{}},
		Bus: membus.New(), Version: "test", Log: slog.New(slog.DiscardHandler), Registry: prometheus.NewRegistry(),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	s := &server{
		Gateway: g, t: t, trust: &tls.Config{RootCAs: authority.Pool, MinVersion: tls.VersionTLS12},
		stop: stop, finished: make(chan error, 1),
	}
	go func() { s.finished <- run.All(ctx, g.Parts()...) }()
	t.Cleanup(func() {
		stop()
		if err := <-s.finished; err != nil {
			t.Error(err)
		}
	})
	return s
}

// client makes requests with HTTP/2, or without.
func (s *server) client(h2 bool) *http.Client {
	tr := &http.Transport{TLSClientConfig: s.trust.Clone(), ForceAttemptHTTP2: h2, DisableKeepAlives: !h2}
	s.t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr}
}

// get returns the status and the version of HTTP of an answer.
func (s *server) get(c *http.Client, url string) (status, major int) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, url, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	resp, err := c.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
	return resp.StatusCode, resp.ProtoMajor
}

// speaks checks that a WebSocket is greeted, answered and closed in good order.
func (s *server) speaks(address string, c *http.Client) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 10*time.Second)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, address, &websocket.DialOptions{HTTPClient: c}) //nolint:bodyclose // the connection took it
	if err != nil {
		s.t.Fatal(err)
	}
	defer conn.CloseNow() //nolint:errcheck // it is closed already
	for _, step := range []struct{ say, want string }{
		{"", "server_hello"}, {`{"type":"ping"}`, "pong"}, {`{"type":"client_hello","version":"2.0"}`, "version_mismatch"},
	} {
		if step.say != "" {
			if err := conn.Write(ctx, websocket.MessageText, []byte(step.say)); err != nil {
				s.t.Fatal(err)
			}
		}
		if _, text, err := conn.Read(ctx); err != nil || !strings.Contains(string(text), step.want) {
			s.t.Errorf("got %s, %v, want %s", text, err, step.want)
		}
	}
	if _, _, err := conn.Read(ctx); websocket.CloseStatus(err) != 4102 {
		s.t.Errorf("the end is %v", err)
	}
}

func TestHTTPAndWebSocketsWorkWithTLSAndBesideIt(t *testing.T) {
	s := serve(t, nil)
	plain, secure := s.HTTPAddr().String(), s.HTTPSAddr().String()
	for _, h2 := range []bool{false, true} {
		c := s.client(h2)
		for url, major := range map[string]int{
			"http://" + plain + "/health": 1, "https://" + secure + "/health": map[bool]int{false: 1, true: 2}[h2],
		} {
			if status, got := s.get(c, url); status != http.StatusOK || got != major {
				t.Errorf("%s: %d, HTTP/%d", url, status, got)
			}
		}
		s.speaks("ws://"+plain+"/ws", s.client(false))
		s.speaks("wss://"+secure+"/ws", s.client(false))
		// Over HTTP/2 there are no such WebSockets; that is told and harms nobody.
		if h2 {
			if status, major := s.get(c, "https://"+secure+"/ws"); major != 2 || status != http.StatusHTTPVersionNotSupported {
				t.Errorf("/ws over HTTP/2: %d, HTTP/%d", status, major)
			}
		}
	}
}

func TestThePlainPortCanBeLeftOut(t *testing.T) {
	s := serve(t, func(c *gateway.Config) { c.HTTPPortEnabled = false })
	if s.HTTPAddr() != nil {
		t.Errorf("HTTP is spoken on %v", s.HTTPAddr())
	}
	if status, _ := s.get(s.client(true), "https://"+s.HTTPSAddr().String()+"/health"); status != http.StatusOK {
		t.Error(status)
	}
}

func TestOldTLSIsNotSpoken(t *testing.T) {
	s := serve(t, nil)
	for version, fine := range map[uint16]bool{tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true} {
		c := s.trust.Clone()
		c.MinVersion, c.MaxVersion = version, version
		d := tls.Dialer{Config: c}
		nc, err := d.DialContext(t.Context(), "tcp", s.HTTPSAddr().String())
		if (err == nil) != fine {
			t.Errorf("version %x: %v", version, err)
		}
		if err == nil {
			_ = nc.Close()
		}
	}
}

// frame reads one over TCP.
func frame(t *testing.T, r io.Reader) string {
	t.Helper()
	head := make([]byte, 4)
	if _, err := io.ReadFull(r, head); err != nil {
		t.Fatal(err)
	}
	text := make([]byte, binary.BigEndian.Uint32(head))
	if _, err := io.ReadFull(r, text); err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTCPCanSpeakTLS(t *testing.T) {
	s := serve(t, func(c *gateway.Config) { c.TCPTLS = true })
	d := tls.Dialer{Config: s.trust}
	nc, err := d.DialContext(t.Context(), "tcp", s.TCPAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	in := bufio.NewReader(nc)
	const many = 500
	ping := "\x00\x00\x00\x0f" + `{"type":"ping"}`
	if _, err := nc.Write([]byte(strings.Repeat(ping, many) + "\x00\x10\x00\x01")); err != nil {
		t.Fatal(err)
	}
	if text := frame(t, in); !strings.Contains(text, "server_hello") {
		t.Errorf("got %s", text)
	}
	for range many {
		if text := frame(t, in); !strings.Contains(text, "pong") {
			t.Fatalf("got %s", text)
		}
	}
	if text := frame(t, in); !strings.Contains(text, "frame_too_large") {
		t.Errorf("got %s", text)
	}
	if _, err := in.ReadByte(); !errors.Is(err, io.EOF) { // a farewell in TLS, no cut
		t.Errorf("the end is %v", err)
	}
}

func TestWhoDoesNotSpeakTLSIsLetGo(t *testing.T) {
	s := serve(t, func(c *gateway.Config) { c.TCPTLS = true })
	nc, err := new(net.Dialer).DialContext(t.Context(), "tcp", s.TCPAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	if _, err := nc.Write([]byte("\x00\x00\x00\x0f" + `{"type":"ping"}`)); err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(nc); strings.Contains(string(b), "server_hello") || err != nil && len(b) > 7 {
		t.Errorf("%q came, %v", b, err)
	}
}

func TestConfigurationsOfTLSThatMakeNoSenseAreRefused(t *testing.T) {
	yes, no := true, false
	for name, c := range map[string]gateway.Config{
		"LAIR_TLS_CERT_PATH":     {HTTPPortEnabled: true, TLSEnabled: &yes},
		"LAIR_TLS_KEY_PATH":      {HTTPPortEnabled: true, TLSCertPath: "x"},
		"LAIR_TCP_TLS":           {HTTPPortEnabled: true, TLSEnabled: &no, TLSCertPath: "x", TLSKeyPath: "x", TCPTLS: true},
		"LAIR_HTTP_PORT_ENABLED": {},
	} {
		if err := c.Validate(); err == nil || !strings.HasPrefix(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, c := range []gateway.Config{
		{HTTPPortEnabled: true},
		{HTTPPortEnabled: true, TLSEnabled: &no, TLSCertPath: "x"},
		{TLSEnabled: &yes, TLSCertPath: "x", TLSKeyPath: "x", TCPTLS: true},
	} {
		if err := c.Validate(); err != nil {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
