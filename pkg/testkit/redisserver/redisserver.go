// Package redisserver runs a real Redis server that is thrown away.
package redisserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/lair-chat/lair/pkg/testkit/child"
)

// Server is a running server on a port of 127.0.0.1. Its methods are safe for
// concurrent use.
type Server struct {
	port    int
	dir     string
	args    []string // further ones
	mu      sync.Mutex
	process *child.Process
}

// Start makes a server and waits until it answers.
func Start(ctx context.Context) (*Server, error) { return start(ctx) }

func start(ctx context.Context, args ...string) (*Server, error) {
	s := &Server{args: args}
	var err error
	if s.port, err = freePort(ctx); err != nil {
		return nil, err
	}
	if s.dir, err = os.MkdirTemp("", "lair-redis"); err != nil {
		return nil, err
	}
	return s, s.Run(ctx)
}

func freePort(ctx context.Context) (int, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close() //nolint:forcetypeassert // a TCP listener
}

// Run starts the server again, empty, on the same port.
func (s *Server) Run(ctx context.Context) error {
	program, err := child.Find("redis-server")
	if err != nil {
		return fmt.Errorf("the Redis server is not installed (Debian: apt-get install redis-server): %w", err)
	}
	process, err := child.Start(child.Command{Dir: s.dir, Death: syscall.SIGKILL, Path: program, Args: append([]string{
		"--port", strconv.Itoa(s.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
	}, s.args...)})
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.process = process
	s.mu.Unlock()
	client := redis.NewClient(&redis.Options{Addr: s.Addr(), MaxRetries: -1})
	defer client.Close()
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	for {
		err := client.Ping(ctx).Err()
		if err == nil {
			return nil
		}
		select {
		case <-process.Done():
			return errors.New("the Redis server did not start")
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// Addr returns host and port.
func (s *Server) Addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)) }

// URL returns how to reach the server.
func (s *Server) URL() string { return "redis://" + s.Addr() }

// Kill ends the server as a crash does. What it kept is lost.
func (s *Server) Kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.process.Stop(syscall.SIGKILL)
}

// Pause makes the server hang without ending, until Resume.
func (s *Server) Pause() { s.signal(syscall.SIGSTOP) }

// Resume undoes Pause.
func (s *Server) Resume() { s.signal(syscall.SIGCONT) }

func (s *Server) signal(sig syscall.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.process.Signal(sig)
}

// Stop ends the server and removes its folder.
func (s *Server) Stop() error {
	s.Kill()
	return os.RemoveAll(s.dir)
}
