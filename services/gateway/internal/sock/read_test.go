package sock_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/lair-chat/lair/services/gateway/internal/sock"
)

// fill reads until n bytes are buffered.
func fill(tb testing.TB, c *sock.Conn, n int) []byte {
	tb.Helper()
	for len(c.Buffered()) < n {
		if err := c.Fill(); err != nil {
			tb.Fatal(err)
		}
	}
	return c.Buffered()
}

// ends are the two ends of a connection.
type ends struct {
	*sock.Conn
	t      *testing.T
	client net.Conn
}

// each runs the test with a connection whose bytes are read from the kernel,
// and with one whose bytes go through Go, as in TLS.
func each(t *testing.T, test func(e ends)) {
	t.Helper()
	t.Run("Raw", func(t *testing.T) {
		c, client := open(t, limits())
		test(ends{c, t, client})
	})
	t.Run("Changed", func(t *testing.T) {
		server, client := pair(t)
		c := sock.New(struct{ net.Conn }{server}, limits())
		defer c.Close()
		test(ends{c, t, client})
	})
	t.Run("TLS", func(t *testing.T) {
		server, client := tlsPair(t)
		c := sock.New(server, limits())
		defer c.Close()
		test(ends{c, t, client})
	})
}

// write makes the client write; it waits for nobody.
func (e ends) write(b []byte) {
	go func() {
		if _, err := e.client.Write(b); err != nil {
			e.t.Error(err)
		}
	}()
}

func TestTheBufferGrowsWithTheMessage(t *testing.T) {
	each(t, func(e ends) {
		all := noise(300_000)
		e.write(all)
		if got := fill(e.t, e.Conn, len(all)); !bytes.Equal(got, all) {
			e.t.Fatal("other bytes arrived than were sent")
		}
		e.Consume(1)
		if got := e.Buffered(); !bytes.Equal(got, all[1:]) {
			e.t.Fatal("what is left after a byte is not the rest")
		}
		e.Consume(len(all) - 1)
		if got := e.Buffered(); got != nil {
			e.t.Errorf("%d bytes are buffered after all was consumed", len(got))
		}
	})
}

func TestMessagesOfAllSizesAreReadInPieces(t *testing.T) {
	each(t, func(e ends) {
		all := noise(1 << 20)
		e.write(all)
		for at, size := 0, 1; at < len(all); size = size*5/3 + 1 {
			size = min(size, len(all)-at)
			if got := fill(e.t, e.Conn, size)[:size]; !bytes.Equal(got, all[at:at+size]) {
				e.t.Fatalf("%d bytes at %d are others", size, at)
			}
			e.Consume(size)
			at += size
		}
	})
}

func TestWhatIsPushedArrives(t *testing.T) {
	each(t, func(e ends) {
		for _, s := range []string{"one", "two", "three"} {
			if err := e.Push([]byte(s)); err != nil {
				e.t.Fatal(err)
			}
		}
		e.CloseAfter([]byte("bye"))
		if got, err := io.ReadAll(e.client); string(got) != "onetwothreebye" || err != nil {
			e.t.Errorf("%q arrived, %v", got, err)
		}
	})
}

func TestTheEndOfTheStreamIsEOF(t *testing.T) {
	each(t, func(e ends) {
		e.write([]byte("bye"))
		fill(e.t, e.Conn, 3)
		_ = e.client.Close()
		if err := e.Fill(); !errors.Is(err, io.EOF) {
			e.t.Error(err)
		}
		if got := string(e.Buffered()); got != "bye" {
			e.t.Errorf("%q is buffered", got)
		}
	})
}

func TestFillGivesUpAtTheDeadline(t *testing.T) {
	each(t, func(e ends) {
		e.write([]byte("ab"))
		fill(e.t, e.Conn, 2)
		if err := e.Deadline(time.Now().Add(time.Millisecond)); err != nil {
			e.t.Fatal(err)
		}
		if err := e.Fill(); !sock.IsTimeout(err) {
			e.t.Errorf("nothing came: %v", err)
		}
		if err := e.Deadline(time.Time{}); err != nil {
			e.t.Fatal(err)
		}
		e.write([]byte("c"))
		if got := string(fill(e.t, e.Conn, 3)); got != "abc" {
			e.t.Errorf("%q is buffered", got)
		}
	})
}

func TestCloseWakesTheReader(t *testing.T) {
	each(t, func(e ends) {
		go e.Close()
		if err := e.Fill(); !errors.Is(err, net.ErrClosed) || sock.IsTimeout(err) {
			e.t.Error(err)
		}
	})
}
