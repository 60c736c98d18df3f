package sock_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/lair-chat/lair/services/gateway/internal/sock"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// limits are small, so that little has to be pushed.
func limits() *sock.Limits {
	return &sock.Limits{Queue: 64 << 10, Total: new(atomic.Int64), Max: 16 << 20, Write: time.Minute}
}

// pair returns the two ends of a TCP connection.
func pair(tb testing.TB) (server, client *net.TCPConn) {
	tb.Helper()
	lis, err := new(net.ListenConfig).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer lis.Close()
	nc, err := new(net.Dialer).DialContext(tb.Context(), "tcp", lis.Addr().String())
	if err != nil {
		tb.Fatal(err)
	}
	other, err := lis.Accept()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _, _ = nc.Close(), other.Close() })
	return other.(*net.TCPConn), nc.(*net.TCPConn)
}

func open(tb testing.TB, l *sock.Limits) (*sock.Conn, *net.TCPConn) {
	tb.Helper()
	server, client := pair(tb)
	c := sock.New(server, l)
	tb.Cleanup(c.Close)
	return c, client
}

func noise(n int) []byte {
	b := make([]byte, n)
	r := rand.NewChaCha8([32]byte{1})
	_, _ = r.Read(b)
	return b
}

// stuff pushes until something is queued and returns all that was pushed.
func stuff(tb testing.TB, c *sock.Conn) []byte {
	tb.Helper()
	var all []byte
	chunk := noise(48 << 10)
	for !c.Busy() {
		if err := c.Push(chunk); err != nil {
			tb.Fatal(err)
		}
		all = append(all, chunk...)
	}
	return all
}

func read(tb testing.TB, nc net.Conn, n int) []byte {
	tb.Helper()
	b := make([]byte, n)
	if _, err := io.ReadFull(nc, b); err != nil {
		tb.Fatal(err)
	}
	return b
}

func wantRead(tb testing.TB, nc net.Conn, want []byte) {
	tb.Helper()
	if got := read(tb, nc, len(want)); !bytes.Equal(got, want) {
		tb.Fatal("other bytes arrived than were pushed")
	}
}

// gone waits until the server's end is closed.
func gone(tb testing.TB, c *sock.Conn) {
	tb.Helper()
	for {
		err := c.Fill()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
}

func TestASmallPushIsWrittenAtOnce(t *testing.T) {
	l := limits()
	c, client := open(t, l)
	if err := errors.Join(c.Push([]byte("good ")), c.Push(nil), c.Push([]byte("morning"))); err != nil {
		t.Fatal(err)
	}
	if c.Busy() || l.Total.Load() != 0 {
		t.Errorf("something is queued: %d bytes", l.Total.Load())
	}
	if err := c.Drained(t.Context()); err != nil {
		t.Error(err)
	}
	wantRead(t, client, []byte("good morning"))
}

func TestWhatTheKernelDoesNotTakeIsQueued(t *testing.T) {
	l := limits()
	c, client := open(t, l)
	all := stuff(t, c)
	if n := l.Total.Load(); n <= 0 || n > 48<<10 {
		t.Errorf("%d bytes are queued", n)
	}
	if err := c.Push([]byte("more")); err != nil {
		t.Fatal(err)
	}
	wantRead(t, client, append(all, "more"...))
	if err := c.Drained(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c.Busy() || l.Total.Load() != 0 {
		t.Errorf("something is still queued: %d bytes", l.Total.Load())
	}
	if err := c.Push([]byte("again")); err != nil || c.Busy() {
		t.Errorf("the next push: %v, queued %v", err, c.Busy())
	}
	wantRead(t, client, []byte("again"))
}

func TestPastTheBoundPushesAreRefused(t *testing.T) {
	l := limits()
	c, client := open(t, l)
	all := stuff(t, c)
	chunk := noise(10 << 10)
	var err error
	for err == nil {
		if err = c.Push(chunk); err == nil {
			all = append(all, chunk...)
		}
	}
	if !errors.Is(err, sock.ErrFull) {
		t.Fatal(err)
	}
	if n := l.Total.Load(); n <= int64(l.Queue) || n > int64(l.Queue+len(chunk)) {
		t.Errorf("%d bytes are queued", n)
	}
	wantRead(t, client, all) // and nothing of what was refused
	if err := c.Drained(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := c.Push([]byte("!")); err != nil {
		t.Error(err)
	}
	wantRead(t, client, []byte("!"))
}

func TestOneLargePushAlwaysFits(t *testing.T) {
	l := limits()
	c, client := open(t, l)
	large := noise(16 << 20)
	if err := c.Push(large); err != nil {
		t.Fatal(err)
	}
	if err := c.Push([]byte("!")); !errors.Is(err, sock.ErrFull) {
		t.Errorf("the next one: %v", err)
	}
	wantRead(t, client, large)
}

func TestAllConnectionsTogetherHaveABound(t *testing.T) {
	l := limits()
	l.Max = 1
	a, _ := open(t, l)
	b, reader := open(t, l)
	stuff(t, a)
	if err := a.Push([]byte("!")); !errors.Is(err, sock.ErrFull) {
		t.Errorf("the first: %v", err)
	}
	// What the kernel takes needs no queue.
	if err := b.Push([]byte("!")); err != nil {
		t.Errorf("the second: %v", err)
	}
	wantRead(t, reader, []byte("!"))
	a.Close()
	if n := l.Total.Load(); n != 0 {
		t.Errorf("%d bytes are queued", n)
	}
}

// Half a frame would make nonsense of whatever comes after it.
func TestWhatTheKernelHasBegunToTakeIsFinished(t *testing.T) {
	l := limits()
	l.Total.Add(2 * l.Max) // others have all of it
	c, client := open(t, l)
	large := noise(16 << 20)
	if err := c.Push(large); err != nil {
		t.Fatal(err)
	}
	if err := c.Push([]byte("!")); !errors.Is(err, sock.ErrFull) {
		t.Errorf("the next one: %v", err)
	}
	c.CloseAfter([]byte("bye"))
	wantRead(t, client, append(large, "bye"...))
}

func TestPushesOfManyArriveWholeAndInOrder(t *testing.T) {
	const pushers, pushes, size = 8, 2000, 512
	l := limits()
	l.Queue = 64 << 20
	l.Max = 64 << 20
	c, client := open(t, l)
	var g sync.WaitGroup
	for p := range pushers {
		g.Go(func() {
			for i := range pushes {
				b := bytes.Repeat([]byte{byte(p)}, size)
				b[0], b[1] = byte(i>>8), byte(i)
				if err := c.Push(b); err != nil {
					t.Error(err)
				}
			}
		})
	}
	var next [pushers]int
	for range pushers * pushes {
		b := read(t, client, size)
		p, i := b[2], int(b[0])<<8|int(b[1])
		if int(p) >= pushers || !bytes.Equal(b[2:], bytes.Repeat([]byte{p}, size-2)) {
			t.Fatalf("a torn frame: % x", b[:8])
		}
		if i != next[p] {
			t.Fatalf("pusher %d: %d came, want %d", p, i, next[p])
		}
		next[p]++
	}
	g.Wait()
	if err := c.Drained(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := l.Total.Load(); n != 0 {
		t.Errorf("%d bytes are queued", n)
	}
}

func BenchmarkPush(b *testing.B) {
	c, client := open(b, limits())
	go func() { _, _ = io.Copy(io.Discard, client) }()
	text := noise(200)
	b.ReportAllocs()
	for b.Loop() {
		if err := c.Push(text); err != nil {
			b.Fatal(err)
		}
		if c.Busy() {
			if err := c.Drained(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	}
}
