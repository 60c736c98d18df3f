package lair_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"testing"

	lair "github.com/lair-chat/lair/clients/go"
	"github.com/lair-chat/lair/clients/go/internal/fakegateway"
)

// tapped notes all that goes over a connection.
type tapped struct {
	net.Conn
	mu   sync.Mutex
	seen []byte
}

func (c *tapped) note(b []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen = append(c.seen, b...)
}

func (c *tapped) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.note(b[:n])
	return n, err
}

func (c *tapped) Write(b []byte) (int, error) {
	c.note(b)
	return c.Conn.Write(b)
}

func TestAnEncryptedLinkDoesWhatOthersDo(t *testing.T) {
	bubble(t, func(t *testing.T, g *fakegateway.Gateway) {
		hall := g.Room("hall", "ann", "bob")
		o := options(g, "ann")
		o.Encrypt = true
		tap := &tapped{}
		o.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
			nc, err := g.Dial(ctx, network, address)
			tap.Conn = nc
			return tap, err
		}
		a, b := dial(t, o), dial(t, options(g, "bob"))
		for _, text := range []string{"one", "two"} {
			_, err := a.Send(soon(t), draft(hall, text))
			must(t, err)
		}
		hears(t, a, "one", "two")
		hears(t, b, "one", "two")
		tap.mu.Lock()
		defer tap.mu.Unlock()
		for _, clear := range []string{"authenticate", "two", "message"} {
			if contains(tap.seen, clear) {
				t.Errorf("%q went over the wire", clear)
			}
		}
		if !contains(tap.seen, "key_exchange_response") {
			t.Error("no key was seen")
		}
	})
}

func TestAnEncryptedLinkHeals(t *testing.T) {
	bubble(t, func(t *testing.T, g *fakegateway.Gateway) {
		hall := g.Room("hall", "ann")
		o := options(g, "ann")
		o.Encrypt = true
		link := dial(t, o)
		for range 3 {
			g.Cut()
			_, err := link.Send(soon(t), draft(hall, "again"))
			must(t, err)
			hears(t, link, "again")
		}
		if n := g.Encrypted(); n != 4 {
			t.Errorf("%d connections were encrypted", n)
		}
	})
}

func TestWhoWantsEncryptionDoesNotGoOnWithoutIt(t *testing.T) {
	bubble(t, func(t *testing.T, g *fakegateway.Gateway) {
		g.Fail(fakegateway.BadKey, 1)
		o := options(g, "ann")
		o.Encrypt = true
		if _, err := lair.Dial(soon(t), o); err == nil {
			t.Error("a bad key was good enough")
		}
		if n := g.Encrypted(); n != 0 {
			t.Errorf("%d connections were encrypted", n)
		}
		o.Address = "ws://pipe:1/ws"
		if _, err := lair.Dial(soon(t), o); err == nil {
			t.Error("a WebSocket was encrypted")
		}
	})
}

func TestAServerWithoutEncryptionIsRefusedByWhoWantsIt(t *testing.T) {
	bubble(t, func(t *testing.T, _ *fakegateway.Gateway) {
		client, server := net.Pipe()
		done := make(chan error, 1)
		go func() {
			_, err := server.Write([]byte("\x00\x00\x00\x44" + `{"type":"server_hello","version":"1.0","features":["resume"],"x":""}`))
			if b := make([]byte, 1); err == nil {
				if n, _ := server.Read(b); n > 0 {
					err = errors.New("the client went on")
				}
			}
			done <- err
		}()
		_, err := lair.Dial(soon(t), lair.Options{
			Address: "tcp://pipe:1", Token: "ann", Encrypt: true,
			DialContext: func(context.Context, string, string) (net.Conn, error) { return client, nil },
		})
		if err == nil || !strings.Contains(err.Error(), "encryption") {
			t.Errorf("got %v", err)
		}
		must(t, <-done)
	})
}

func contains(all []byte, text string) bool {
	return bytes.Contains(all, []byte(text))
}
