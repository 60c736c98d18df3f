package redis_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

// server is a real redis-server that a test may kill and start again. It keeps
// nothing over a restart unless the test has saved.
type server struct {
	addr string
	args []string
	cmd  *exec.Cmd
}

// startServer starts a server that ends with the test.
func startServer(tb testing.TB) *server {
	tb.Helper()
	dir := tb.TempDir()
	port := freePort(tb)
	s := &server{
		addr: "127.0.0.1:" + port,
		args: []string{
			"--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", dir,
		},
	}
	s.start(tb)
	tb.Cleanup(func() {
		s.kill()
		_ = os.RemoveAll(dir)
	})
	return s
}

func freePort(tb testing.TB) string {
	tb.Helper()
	l, err := new(net.ListenConfig).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}

// start starts the server and waits until it answers.
func (s *server) start(tb testing.TB) {
	tb.Helper()
	s.cmd = exec.CommandContext(context.Background(), "redis-server", s.args...)
	if err := s.cmd.Start(); err != nil {
		tb.Fatalf("the tests need a redis-server: %v", err)
	}
	c := goredis.NewClient(&goredis.Options{Addr: s.addr, MaxRetries: -1})
	defer func() { _ = c.Close() }()
	eventually(tb, func() error { return c.Ping(tb.Context()).Err() })
}

// kill ends the server without letting it say goodbye.
func (s *server) kill() {
	if s.cmd != nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
		s.cmd = nil
	}
}

func (s *server) client(tb testing.TB) *goredis.Client {
	tb.Helper()
	c := goredis.NewClient(&goredis.Options{Addr: s.addr, MaxRetries: 1, DialerRetries: 1})
	tb.Cleanup(func() { _ = c.Close() })
	return c
}

// eventually tries until f returns nil.
func eventually(tb testing.TB, f func() error) {
	tb.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(20 * time.Second)
	for {
		err := f()
		if err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			tb.Fatal(fmt.Errorf("it never came: %w", err))
		}
	}
}
