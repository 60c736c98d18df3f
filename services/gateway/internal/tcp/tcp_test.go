package tcp_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.uber.org/goleak"

	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/gateway/internal/door"
	"github.com/lair-chat/lair/services/gateway/internal/frame"
	"github.com/lair-chat/lair/services/gateway/internal/proxy"
	"github.com/lair-chat/lair/services/gateway/internal/session"
	"github.com/lair-chat/lair/services/gateway/internal/sock"
	"github.com/lair-chat/lair/services/gateway/internal/tcp"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// pipes is a listener whose connections are in memory, so that time in a bubble
// goes on while they wait.
type pipes struct {
	conns chan net.Conn
	fails chan error
	ended chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case nc := <-p.conns:
		return nc, nil
	case err := <-p.fails:
		return nil, err
	case <-p.ended:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	close(p.ended)
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

// gauge counts connections.
type gauge struct{ n atomic.Int64 }

func (g *gauge) Add(d float64) { g.n.Add(int64(d)) }

// world is a running server.
type world struct {
	t      *testing.T
	pipes  *pipes
	gauge  *gauge
	gate   *session.Gate
	limits *sock.Limits

	refused *door.Refusals
}

// run runs the test in a bubble with a server that takes so many connections.
func run(t *testing.T, limit int, test func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		log := slog.New(slog.DiscardHandler)
		w := &world{
			t: t, pipes: &pipes{make(chan net.Conn), make(chan error), make(chan struct{})},
			gauge: &gauge{}, gate: session.NewGate(session.Needs{Log: log}), limits: sock.NewLimits(),
			refused: door.NewRefusals(log),
		}
		s := &tcp.Server{Gate: w.gate, Limits: w.limits, Max: limit, Log: log, Gauge: w.gauge, Refused: w.refused}
		done := make(chan error, 1)
		go func() { done <- s.Serve(t.Context(), w.pipes) }()
		test(w)
		_ = w.pipes.Close()
		if err := <-done; err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if n := w.gauge.n.Load(); n != 0 {
			t.Errorf("%d connections are counted in the end", n)
		}
		if n := w.gate.Count(); n != 0 {
			t.Errorf("there are %d sessions in the end", n)
		}
		if n := w.limits.Total.Load(); n != 0 {
			t.Errorf("%d bytes are queued in the end", n)
		}
	})
}

// client is the other end.
type client struct {
	net.Conn
	t *testing.T
}

func (w *world) dial() *client {
	w.t.Helper()
	mine, theirs := net.Pipe()
	w.pipes.conns <- theirs
	return &client{mine, w.t}
}

// greeted is a client that has read the hello.
func (w *world) greeted() *client {
	w.t.Helper()
	c := w.dial()
	c.want("server_hello", "")
	return c
}

func framed(text string) []byte { return frame.TCPPlain.Append(nil, []byte(text)) }

func (c *client) write(b []byte) {
	c.t.Helper()
	if _, err := c.Write(b); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) read() map[string]any {
	c.t.Helper()
	head := make([]byte, 4)
	if _, err := io.ReadFull(c, head); err != nil {
		c.t.Fatal(err)
	}
	text := make([]byte, binary.BigEndian.Uint32(head))
	if _, err := io.ReadFull(c, text); err != nil {
		c.t.Fatal(err)
	}
	var v map[string]any
	if err := json.Unmarshal(text, &v); err != nil {
		c.t.Fatalf("%q: %v", text, err)
	}
	return v
}

// want reads a frame of the type and, if it is an error, with the code.
func (c *client) want(kind, code string) {
	c.t.Helper()
	v := c.read()
	if got, _ := v["code"].(string); v["type"] != kind || got != code {
		c.t.Errorf("got %v, want %s %s", v, kind, code)
	}
}

func (c *client) wantEnd() {
	c.t.Helper()
	if b, err := io.ReadAll(c); err != nil || len(b) > 0 {
		c.t.Errorf("%q came, and %v", b, err)
	}
	_ = c.Close()
}

func TestTheServerSpeaksFirst(t *testing.T) {
	run(t, 0, func(w *world) {
		c := w.dial()
		v := c.read()
		if v["type"] != "server_hello" || v["version"] != "1.0" || v["server_name"] != "Lair Chat" || v["encryption_required"] != false {
			t.Errorf("got %v", v)
		}
		_ = c.Close()
	})
}

func TestMessagesInOnePieceAreAnsweredInOrder(t *testing.T) {
	run(t, 0, func(w *world) {
		c := w.greeted()
		var all []byte
		for _, text := range []string{`{"type":"ping"}`, `{`, `{"type":"ping"}`, ``, `{"type":"login","identifier":"a","password":"b"}`, `{"type":"ping"}`} {
			all = append(all, framed(text)...)
		}
		c.write(all)
		c.want("pong", "")
		c.want("error", "invalid_message")
		c.want("pong", "")
		c.want("error", "invalid_message") // an empty frame is one
		c.want("error", "unauthorized")
		c.want("pong", "")
		_ = c.Close()
	})
}

func TestAMessageInManyPiecesIsOne(t *testing.T) {
	run(t, 0, func(w *world) {
		c := w.greeted()
		for _, b := range append(framed(`{"type":"ping"}`), framed(`{"type":"ping"}`)...) {
			c.write([]byte{b})
		}
		c.want("pong", "")
		c.want("pong", "")
		_ = c.Close()
	})
}

// padded is a ping of n bytes.
func padded(n int) string {
	const begin, end = `{"type":"ping","x":"`, `"}`
	return begin + strings.Repeat("x", n-len(begin)-len(end)) + end
}

func TestTheLargestMessageIsRead(t *testing.T) {
	run(t, 0, func(w *world) {
		c := w.greeted()
		c.write(framed(padded(frame.MaxPayload)))
		c.want("pong", "")
		_ = c.Close()
	})
}

func TestALargerMessageEndsTheConnection(t *testing.T) {
	for _, n := range []uint32{frame.MaxPayload + 1, 1 << 31, 1<<32 - 1} {
		run(t, 0, func(w *world) {
			c := w.greeted()
			c.write(append(framed(`{"type":"ping"}`), binary.BigEndian.AppendUint32(nil, n)...))
			c.want("pong", "")
			c.want("error", clientv1.CodeTooLarge)
			c.wantEnd()
		})
	}
}

func TestWhatIsNotUTF8EndsTheConnection(t *testing.T) {
	run(t, 0, func(w *world) {
		c := w.greeted()
		c.write(append(framed("{\"type\":\"\xff\"}"), framed(`{"type":"ping"}`)...))
		c.want("error", clientv1.CodeNotUTF8)
		c.wantEnd()
	})
}

func TestWhoDoesNotFinishAMessageIsCutOff(t *testing.T) {
	for _, begin := range []string{"", "\x00\x00\x00\x40", "\x00\x10\x00\x00{"} {
		run(t, 0, func(w *world) {
			c := w.greeted()
			begun := time.Now()
			c.write([]byte(begin))
			var trickle sync.WaitGroup
			trickle.Go(func() { // a byte from time to time does not help
				for err := error(nil); err == nil; _, err = c.Write([]byte{0}) {
					time.Sleep(9 * time.Second)
				}
			})
			c.want("error", clientv1.CodeTimeout)
			if took := time.Since(begun); took != 30*time.Second {
				t.Errorf("it took %v", took)
			}
			c.wantEnd()
			trickle.Wait()
		})
	}
}

func TestConnectionsBeyondTheLimitAreClosedWithoutAByte(t *testing.T) {
	run(t, 2, func(w *world) {
		a, b := w.greeted(), w.greeted()
		for range 3 {
			w.dial().wantEnd()
		}
		if n := w.gauge.n.Load(); n != 2 {
			t.Errorf("%d connections are counted", n)
		}
		_ = a.Close()
		synctest.Wait()
		c := w.greeted()
		w.dial().wantEnd()
		if n := testutil.ToFloat64(w.refused.WithLabelValues(string(door.Gateway))); n != 4 {
			t.Errorf("%v were refused", n)
		}
		_, _ = b.Close(), c.Close()
	})
}

func TestConnectionsBeyondThoseOfAnAddressAreToldWhy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{
			t: t, pipes: &pipes{make(chan net.Conn), make(chan error), make(chan struct{})},
			gate: session.NewGate(session.Needs{Log: slog.New(slog.DiscardHandler)}),
		}
		s := &tcp.Server{
			Gate: w.gate, Limits: sock.NewLimits(), Log: slog.New(slog.DiscardHandler), Gauge: &gauge{}, Door: door.New(1),
			Refused: door.NewRefusals(slog.New(slog.DiscardHandler)),
		}
		done := make(chan error, 1)
		go func() { done <- s.Serve(t.Context(), w.pipes) }()
		first := w.greeted() // pipes have one address
		second := w.dial()
		second.want("error", clientv1.CodeCrowded)
		if n, err := second.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			t.Errorf("read %d bytes, %v", n, err)
		}
		if n := testutil.ToFloat64(s.Refused.WithLabelValues(string(door.Address))); n != 1 {
			t.Errorf("%v were refused", n)
		}
		_ = first.Close()
		synctest.Wait()
		third := w.greeted()
		_ = third.Close()
		_ = w.pipes.Close()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestProxiesThatDoNotSayWhoTheClientIsAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := slog.New(slog.DiscardHandler)
		w := &world{t: t, pipes: &pipes{make(chan net.Conn), make(chan error), make(chan struct{})}}
		s := &tcp.Server{
			Gate: session.NewGate(session.Needs{Log: log}), Limits: sock.NewLimits(), Log: log, Gauge: &gauge{},
			Client: proxy.Trusted{}.Announced, Refused: door.NewRefusals(log),
		}
		done := make(chan error, 1)
		go func() { done <- s.Serve(t.Context(), w.pipes) }()
		_ = w.greeted().Close()
		for _, err := range []error{proxy.ErrPreface, io.EOF} { // who only looks whether somebody listens is none
			s.Client = func(net.Conn) (string, error) { return "", err }
			w.dial().wantEnd()
		}
		if n := testutil.ToFloat64(s.Refused.WithLabelValues(string(door.Proxy))); n != 1 {
			t.Errorf("%v were refused", n)
		}
		_ = w.pipes.Close()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestServingSurvivesWhatAcceptCannotDo(t *testing.T) {
	run(t, 0, func(w *world) {
		for range 5 {
			w.pipes.fails <- errors.New("too many open files")
		}
		_ = w.greeted().Close()
	})
}

func TestRealSocketsAreServedUntilTheListenerIsClosed(t *testing.T) {
	lis, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	s := &tcp.Server{Gate: session.NewGate(session.Needs{Log: log}), Limits: sock.NewLimits(), Log: log, Gauge: &gauge{}}
	done := make(chan error, 1)
	go func() { done <- s.Serve(context.WithoutCancel(t.Context()), lis) }()
	nc, err := new(net.Dialer).DialContext(t.Context(), "tcp", lis.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c := &client{nc, t}
	c.want("server_hello", "")
	c.write(bytes.Repeat(framed(`{"type":"ping"}`), 1000))
	for range 1000 {
		c.want("pong", "")
	}
	c.write(framed(`{"type":"client_hello","version":"2.0"}`))
	c.want("error", clientv1.CodeVersion)
	c.wantEnd()
	_ = lis.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
