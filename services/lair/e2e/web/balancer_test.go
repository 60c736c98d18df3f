package web

import (
	"context"
	"io"
	"net"
	"net/url"
	"slices"
	"sync"
	"testing"

	"github.com/lair-chat/lair/services/lair/internal/cluster"
)

// balancer stands before the gateways of a system, as in production: one address
// for all, and whoever loses a gateway comes to another one. It hands bytes on and
// knows nothing of TLS.
type balancer struct {
	addr  string
	names []string // of the gateways
	peers []string // their addresses

	mu    sync.Mutex
	next  int
	fixed int // the gateway that is tried first, or -1 for each in turn
	open  map[net.Conn]struct{}
	cut   bool
}

func balance(t *testing.T, host string, gateways []*cluster.Gateway) *balancer {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", net.JoinHostPort(host, "9443"))
	if err != nil {
		t.Fatal(err)
	}
	b := &balancer{addr: l.Addr().String(), fixed: -1, open: map[net.Conn]struct{}{}}
	for _, g := range gateways {
		u, err := url.Parse(g.HTTPS)
		if err != nil {
			t.Fatal(err)
		}
		b.names, b.peers = append(b.names, g.Name), append(b.peers, u.Host)
	}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			running.Go(func() { b.serve(c) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		b.set(true)
		running.Wait()
	})
	return b
}

// set cuts all connections, and refuses new ones, or mends the network.
func (b *balancer) set(cut bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.cut = cut
	for c := range b.open {
		if cut {
			_ = c.Close()
		}
	}
}

// prefer has new connections go to the gateway of that name, as long as it is
// there; any other name ends that.
func (b *balancer) prefer(name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fixed = slices.Index(b.names, name)
}

func (b *balancer) serve(c net.Conn) {
	defer b.hang(c)()
	peer := b.dial()
	if peer == nil {
		return
	}
	defer b.hang(peer)()
	done := make(chan struct{}, 2)
	for _, way := range [][2]net.Conn{{c, peer}, {peer, c}} {
		go func() {
			_, _ = io.Copy(way[0], way[1])
			// The other direction has nothing to say any more.
			_ = c.Close()
			_ = peer.Close()
			done <- struct{}{}
		}()
	}
	<-done
	<-done
}

// hang keeps a connection in the list of those that can be cut.
func (b *balancer) hang(c net.Conn) (off func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.open[c] = struct{}{}
	if b.cut {
		_ = c.Close()
	}
	return func() {
		_ = c.Close()
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.open, c)
	}
}

// dial connects to the gateways in turn, and to the next one if one is away.
func (b *balancer) dial() net.Conn {
	b.mu.Lock()
	first := b.fixed
	if first < 0 {
		first = b.next
		b.next++
	}
	b.mu.Unlock()
	for i := range b.peers {
		c, err := new(net.Dialer).DialContext(context.Background(), "tcp", b.peers[(first+i)%len(b.peers)])
		if err == nil {
			return c
		}
	}
	return nil
}
