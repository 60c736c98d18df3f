package sock_test

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/lair-chat/lair/pkg/testkit/certtest"
	"github.com/lair-chat/lair/services/gateway/internal/sock"
)

// tlsPair returns the two ends of a connection with TLS.
func tlsPair(t *testing.T) (server, client *tls.Conn) {
	t.Helper()
	authority := certtest.New(t)
	pem, key := authority.Issue(t, 1)
	own, err := tls.X509KeyPair(pem, key)
	if err != nil {
		t.Fatal(err)
	}
	below, above := pair(t)
	server = tls.Server(below, &tls.Config{Certificates: []tls.Certificate{own}, MinVersion: tls.VersionTLS12})
	client = tls.Client(above, &tls.Config{RootCAs: authority.Pool, ServerName: "localhost", MinVersion: tls.VersionTLS12})
	shaken := make(chan error, 1)
	go func() { shaken <- server.HandshakeContext(t.Context()) }()
	if err := errors.Join(client.HandshakeContext(t.Context()), <-shaken); err != nil {
		t.Fatal(err)
	}
	return server, client
}

func TestMuchGoesThroughTLSInOrder(t *testing.T) {
	server, client := tlsPair(t)
	l := limits()
	l.Queue = 16 << 20
	c := sock.New(server, l)
	defer c.Close()
	var all []byte
	for _, n := range []int{1, 16 << 10, 16<<10 + 1, 1 << 20, 3, 4 << 20} {
		b := noise(n)
		all = append(all, b...)
		if err := c.Push(b); err != nil {
			t.Fatal(err)
		}
	}
	wantRead(t, client, all)
	if err := c.Drained(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := l.Total.Load(); n != 0 {
		t.Errorf("%d bytes are queued", n)
	}
	c.CloseAfter([]byte("bye"))
	if b, err := io.ReadAll(client); string(b) != "bye" || err != nil {
		t.Errorf("%q came, %v", b, err)
	}
}

// A client that does not read cannot make others wait, not even for a farewell.
func TestClosingTLSDoesNotWaitForTheClient(t *testing.T) {
	server, _ := tlsPair(t)
	c := sock.New(server, limits())
	for range 3 {
		if err := c.Push(noise(8 << 20)); err != nil && !errors.Is(err, sock.ErrFull) {
			t.Fatal(err)
		}
	}
	begun := time.Now()
	c.Close()
	if err := c.Push([]byte("x")); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
	if took := time.Since(begun); took > time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestFramesAreSealedAndThenGoThroughTLS(t *testing.T) {
	server, client := tlsPair(t)
	c := sock.New(server, limits())
	defer c.Close()
	if err := errors.Join(c.Switch([]byte("a"), loud()), c.Push([]byte("b"))); err != nil {
		t.Fatal(err)
	}
	if got := read(t, client, 2); !bytes.Equal(got, []byte("aB")) {
		t.Errorf("%q came", got)
	}
}
