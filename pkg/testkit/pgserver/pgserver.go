// Package pgserver runs a real PostgreSQL server that is thrown away.
package pgserver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lair-chat/lair/pkg/testkit/child"
)

// Options of a server.
type Options struct {
	// Durable makes commits wait for the disk, as in production.
	Durable bool
	// Dir is where the data is kept, and left; empty is a folder that Stop
	// removes.
	Dir string
}

// Server is a running server, reached through a socket in its folder only.
type Server struct {
	dir     string
	remove  bool
	durable bool
	bin     func(string) (string, error)
	owner   *syscall.Credential
	process *child.Process
	log     lockedBuffer
}

// debian is where Debian keeps the programs that are not on PATH.
const debian = "/usr/lib/postgresql/*/bin"

// Start makes a server and waits until it answers.
func Start(ctx context.Context, o Options) (*Server, error) {
	s := &Server{dir: o.Dir, durable: o.Durable, bin: func(name string) (string, error) { return child.Find(name, debian) }}
	initdb, err := s.bin("initdb")
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL is not installed (Debian: apt-get install postgresql): %w", err)
	}
	if s.dir == "" {
		s.remove = true
		if s.dir, err = os.MkdirTemp("", "lair-pg"); err != nil {
			return nil, err
		}
	} else if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return nil, err
	}
	if s.dir, err = filepath.Abs(s.dir); err != nil {
		return nil, err
	}
	if s.owner, err = child.Owner("postgres", s.dir); err != nil {
		return nil, err
	}
	if _, err := os.Stat(s.data()); err != nil {
		cmd := exec.CommandContext(ctx, initdb, "-D", s.data(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
		cmd.Dir, cmd.SysProcAttr = s.dir, &syscall.SysProcAttr{Credential: s.owner}
		if out, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("initdb: %w: %s", err, out)
		}
	}
	return s, s.Run(ctx)
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

// Run starts the server again after Kill or Halt, and waits until it answers.
func (s *Server) Run(ctx context.Context) error {
	program, err := s.bin("postgres")
	if err != nil {
		return err
	}
	args := []string{"-D", s.data(), "-k", s.dir, "-c", "listen_addresses=", "-c", "max_connections=200"}
	if !s.durable {
		args = append(args, "-c", "fsync=off", "-c", "full_page_writes=off")
	}
	// SIGINT is PostgreSQL's fast shutdown.
	s.process, err = child.Start(child.Command{
		Dir: s.dir, Out: &s.log, Owner: s.owner, Death: syscall.SIGINT, Path: program, Args: args,
	})
	if err != nil {
		return err
	}
	return s.ready(ctx)
}

func (s *Server) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 60*time.Second)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, s.URL("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-s.process.Done():
			return fmt.Errorf("PostgreSQL did not start: %s", s.log.String())
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// URL returns how to reach the database of the name.
func (s *Server) URL(database string) string {
	return fmt.Sprintf("postgres://postgres@/%s?host=%s", database, s.dir)
}

// Kill ends the server as a crash does. Run starts it again.
func (s *Server) Kill() { _ = s.process.Stop(syscall.SIGKILL) }

// Halt ends the server in good order. Run starts it again.
func (s *Server) Halt() { _ = s.process.Stop(syscall.SIGINT) }

// Stop ends the server and removes what it kept, unless Options named a folder.
func (s *Server) Stop() error {
	s.Halt()
	if s.remove {
		return os.RemoveAll(s.dir)
	}
	return nil
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.b.Len() > 64<<10 {
		l.b.Reset() // only the newest is of use
	}
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
