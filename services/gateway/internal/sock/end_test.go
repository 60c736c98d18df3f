package sock_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/lair-chat/lair/services/gateway/internal/sock"
)

// watched notes when a write gives up. It has the raw connection of a
// TCPConn, as that itself has.
type watched struct {
	*net.TCPConn
	mu  sync.Mutex
	end time.Time
}

func (w *watched) SetWriteDeadline(t time.Time) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.end = t
	return w.TCPConn.SetWriteDeadline(t)
}

func TestNoWriteDeadlineStaysWhenTheQueueIsEmpty(t *testing.T) {
	server, client := pair(t)
	w := &watched{TCPConn: server}
	c := sock.New(w, limits())
	defer c.Close()
	all := stuff(t, c)
	wantRead(t, client, all)
	if err := c.Drained(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.end.IsZero() {
		t.Errorf("pushes fail from %v on", w.end)
	}
}

// halting is a connection that takes a few bytes until a deadline passes, and
// at last none.
type halting struct {
	net.Conn
	takes chan int
	taken []byte
	ended chan struct{}
}

func (h *halting) Write(b []byte) (int, error) {
	n := min(<-h.takes, len(b))
	h.taken = append(h.taken, b[:n]...)
	if n == len(b) {
		return n, nil
	}
	return n, os.ErrDeadlineExceeded
}

func (h *halting) SetWriteDeadline(time.Time) error { return nil }

func (h *halting) Close() error {
	close(h.ended)
	return nil
}

func TestASlowReaderIsGivenTimeAsLongAsItReads(t *testing.T) {
	l := limits()
	h := &halting{takes: make(chan int), ended: make(chan struct{})}
	c := sock.New(h, l)
	if err := errors.Join(c.Push([]byte("good ")), c.Push([]byte("morning"))); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{1, 3, 1, 2, 2} {
		h.takes <- n
	}
	h.takes <- 3
	if err := c.Drained(t.Context()); err != nil || string(h.taken) != "good morning" {
		t.Errorf("%q arrived, %v", h.taken, err)
	}
	if err := c.Push([]byte("bye")); err != nil {
		t.Fatal(err)
	}
	h.takes <- 1
	h.takes <- 0
	<-h.ended
	if err := c.Push([]byte("!")); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a push afterwards: %v", err)
	}
	if n := l.Total.Load(); n != 0 {
		t.Errorf("%d bytes are queued", n)
	}
}

func TestWhoDoesNotReadIsCutOff(t *testing.T) {
	l := limits()
	l.Write = 10 * time.Millisecond
	c, _ := open(t, l)
	stuff(t, c)
	gone(t, c)
	if n := l.Total.Load(); n != 0 {
		t.Errorf("%d bytes are queued", n)
	}
	if c.Busy() {
		t.Error("something is queued")
	}
}

func TestCloseLetsGoOfWhatIsQueued(t *testing.T) {
	l := limits()
	c, _ := open(t, l)
	stuff(t, c)
	waiting := make(chan error, 1)
	go func() { waiting <- c.Drained(t.Context()) }()
	c.Close()
	c.Close()
	if err := <-waiting; err != nil && !errors.Is(err, net.ErrClosed) { // it began before or after
		t.Errorf("waiting: %v", err)
	}
	if n := l.Total.Load(); n != 0 {
		t.Errorf("%d bytes are queued", n)
	}
	if err := c.Push([]byte("!")); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a push afterwards: %v", err)
	}
	if err := c.Drained(t.Context()); !errors.Is(err, net.ErrClosed) {
		t.Errorf("waiting afterwards: %v", err)
	}
	if err := c.Deadline(time.Time{}); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a deadline afterwards: %v", err)
	}
}

func TestDrainedWaitsNoLongerThanItsContext(t *testing.T) {
	c, _ := open(t, limits())
	stuff(t, c)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.Drained(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestAResetConnectionIsClosedAndNotFull(t *testing.T) {
	l := limits()
	c, client := open(t, l)
	if err := errors.Join(client.SetLinger(0), client.Close()); err != nil {
		t.Fatal(err)
	}
	if err := c.Fill(); err == nil || errors.Is(err, io.EOF) || sock.IsTimeout(err) {
		t.Errorf("reading: %v", err)
	}
	for range 2 {
		if err := c.Push([]byte("!")); !errors.Is(err, net.ErrClosed) || errors.Is(err, sock.ErrFull) {
			t.Errorf("pushing: %v", err)
		}
	}
}

func TestLastWordsAreFollowedByTheEnd(t *testing.T) {
	c, client := open(t, limits())
	c.CloseAfter([]byte("bye"))
	c.CloseAfter([]byte("bye again"))
	if err := c.Push([]byte("!")); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a push afterwards: %v", err)
	}
	if got, err := io.ReadAll(client); string(got) != "bye" || err != nil {
		t.Errorf("%q arrived, %v", got, err)
	}
}

func TestLastWordsComeAfterWhatIsQueuedHoweverMuchItIs(t *testing.T) {
	l := limits()
	c, client := open(t, l)
	all := stuff(t, c)
	for {
		chunk := noise(16 << 10)
		if errors.Is(c.Push(chunk), sock.ErrFull) {
			break
		}
		all = append(all, chunk...)
	}
	c.CloseAfter([]byte("bye"))
	c.CloseAfter([]byte("bye again"))
	c.Close() // as the reader does when it ends
	if err := c.Push([]byte("!")); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a push afterwards: %v", err)
	}
	if err := c.Deadline(time.Time{}); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a deadline afterwards: %v", err)
	}
	wantRead(t, client, append(all, "bye"...))
	if n, err := client.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("%d bytes more, %v", n, err)
	}
	gone(t, c)
	if n := l.Total.Load(); n != 0 {
		t.Errorf("%d bytes are queued", n)
	}
}

func TestLastWordsWaitOnlyAMoment(t *testing.T) {
	l := limits()
	c, _ := open(t, l)
	stuff(t, c)
	c.CloseAfter([]byte("bye"))
	gone(t, c)
	if n := l.Total.Load(); n != 0 {
		t.Errorf("%d bytes are queued", n)
	}
}

// A client that is cut off in the middle of what it says must still be able to
// read why.
func TestLastWordsArriveThoughInputIsUnread(t *testing.T) {
	for range 20 {
		c, client := open(t, limits())
		if _, err := client.Write(noise(256 << 10)); err != nil {
			t.Fatal(err)
		}
		c.CloseAfter([]byte("too large"))
		got, err := io.ReadAll(client)
		if string(got) != "too large" || err != nil {
			t.Fatalf("read %q, %v", got, err)
		}
		if err := c.Deadline(time.Now()); !errors.Is(err, net.ErrClosed) {
			t.Errorf("after last words: %v", err)
		}
	}
}
