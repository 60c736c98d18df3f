package tcp_test

import (
	"context"
	"log/slog"
	"net"
	"syscall"
	"testing"

	"github.com/lair-chat/lair/services/gateway/internal/session"
	"github.com/lair-chat/lair/services/gateway/internal/sock"
	"github.com/lair-chat/lair/services/gateway/internal/tcp"
)

// listening keeps what it accepts.
type listening struct {
	net.Listener
	accepted chan *net.TCPConn
}

func (l listening) Accept() (net.Conn, error) {
	nc, err := l.Listener.Accept()
	if c, ok := nc.(*net.TCPConn); ok {
		l.accepted <- c
	}
	return nc, err
}

// Frames do not wait for more to be sent with them, and the kernel looks whether
// the client is there.
func TestTheServerSetsTheOptionsOfItsSockets(t *testing.T) {
	plain, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	lis := listening{plain, make(chan *net.TCPConn, 1)}
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
	raw, err := (<-lis.accepted).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	for _, option := range []struct {
		name              string
		level, opt, value int
	}{
		{"TCP_NODELAY", syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1},
		{"SO_KEEPALIVE", syscall.SOL_SOCKET, syscall.SO_KEEPALIVE, 1},
		{"TCP_KEEPIDLE", syscall.IPPROTO_TCP, syscall.TCP_KEEPIDLE, 60},
	} {
		var got int
		var optErr error
		if err := raw.Control(func(fd uintptr) {
			got, optErr = syscall.GetsockoptInt(int(fd), option.level, option.opt)
		}); err != nil || optErr != nil || got != option.value {
			t.Errorf("%s is %d, %v, %v, want %d", option.name, got, err, optErr, option.value)
		}
	}
	_ = nc.Close()
	_ = lis.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
