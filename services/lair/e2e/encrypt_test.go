package e2e

import (
	"bytes"
	"context"
	"errors"
	"net"
	"sync"
	"testing"

	lair "github.com/lair-chat/lair/clients/go"
	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// tap notes what is read from a connection and written to it.
type tap struct {
	net.Conn
	mu  sync.Mutex
	all bytes.Buffer
}

func (c *tap) note(b []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all.Write(b)
}

func (c *tap) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.note(b[:n])
	return n, err
}

func (c *tap) Write(b []byte) (int, error) {
	c.note(b)
	return c.Conn.Write(b)
}

// saw reports whether the text went over the wire in clear.
func (c *tap) saw(text string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return bytes.Contains(c.all.Bytes(), []byte(text))
}

func encryptedTCPIsHeardOnWebSocket(t *testing.T, s *system) {
	ann, bob := register(t, s.first(), "ann"), register(t, s.last(), "bob")
	hall := room(t, ann, bob)
	wire := &tap{}
	l, err := lair.Dial(soon(t), lair.Options{
		Address: ann.gateway.TCP, Token: ann.Token(), Encrypt: true,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			var err error
			wire.Conn, err = new(net.Dialer).DialContext(ctx, network, address)
			return wire, err
		},
	})
	must(t, err)
	t.Cleanup(func() {
		if err := l.Close(context.Background()); err != nil && !errors.Is(err, lair.ErrClosed) {
			t.Error(err)
		}
	})
	a, b, clear := &link{l, t}, bob.ws(t), bob.tcp(t)
	direct := id.Direct(ann.ID, bob.ID)
	a.say(clientv1.ToRoom(hall), "from the dark")
	b.say(clientv1.ToRoom(hall), "into the dark")
	for _, l := range []*link{a, b, clear} {
		l.hears(hall.Conversation(), "from the dark", "into the dark")
	}
	b.say(clientv1.ToUser(ann.ID), "just you")
	a.hears(direct, "just you")
	for _, text := range []string{"dark", "just you", "message_received", "authenticate", ann.Token()} {
		if wire.saw(text) {
			t.Errorf("%q went over the wire in clear", text)
		}
	}
	if !wire.saw("key_exchange_response") {
		t.Error("there was no key exchange")
	}
}
