package e2e

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lair-chat/lair/services/lair/internal/cluster"
)

// system is a running system and what a test wants to know of it.
type system struct {
	*cluster.System
	log *os.File
}

// starters are the ways to run, by name.
var starters = []struct {
	name  string
	start func(context.Context, cluster.Options) (*cluster.System, error)
}{{"One", cluster.One}, {"Many", cluster.Many}}

// everywhere runs a test against each kind of system. The system is stopped
// afterwards, which must go in good order, and no program may have found a race.
func everywhere(t *testing.T, test func(t *testing.T, s *system)) {
	t.Helper()
	for _, kind := range starters {
		t.Run(kind.name, func(t *testing.T) { test(t, begin(t, kind.start)) })
	}
}

// hosts counts the systems, each of which has a loopback address of its own.
var hosts atomic.Int32

func begin(t *testing.T, start func(context.Context, cluster.Options) (*cluster.System, error)) *system {
	t.Helper()
	return beginIn(t, start, memory(t))
}

// beginIn begins a system on a folder that may have data.
func beginIn(t *testing.T, start func(context.Context, cluster.Options) (*cluster.System, error), dir string, env ...string) *system {
	t.Helper()
	out, err := os.Create(filepath.Join(dir, "log"))
	must(t, err)
	pid := os.Getpid()
	s, err := start(t.Context(), cluster.Options{
		Bin: bin, Dir: dir, Out: out, Env: append([]string{"LAIR_DRAIN_WINDOW=1s"}, env...),
		Host: fmt.Sprintf("127.%d.%d.%d", 1+pid>>8&0x7f, pid&0xff, hosts.Add(1)),
	})
	sys := &system{s, out}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
		sys.report(t)
	})
	must(t, err)
	return sys
}

// memory is a folder in memory, where there is one: SQLite waits for the disk with
// every commit, which takes most of the time of a test. Tests kill processes, not
// machines.
func memory(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "lair") //nolint:usetesting // TempDir is on the disk
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { must(t, os.RemoveAll(dir)) })
	must(t, os.Chmod(dir, 0o755)) // PostgreSQL is another user
	return dir
}

// report fails the test if a program found a race, and shows the end of the log
// of a test that failed.
func (s *system) report(t *testing.T) {
	t.Helper()
	text, err := os.ReadFile(s.log.Name())
	must(t, err)
	must(t, s.log.Close())
	if i := bytes.Index(text, []byte("WARNING: DATA RACE")); i >= 0 {
		t.Errorf("a program has a race:\n%s", text[i:min(i+4000, len(text))])
	}
	if i := bytes.Index(text, []byte("panic:")); i >= 0 {
		t.Errorf("a program panicked:\n%s", text[i:min(i+4000, len(text))])
	}
	if t.Failed() {
		t.Logf("the end of the log:\n%s", text[max(0, len(text)-12000):])
	}
}

// first and last are gateways: the same one in one process, else different
// ones.
func (s *system) first() *cluster.Gateway { return s.Gateways[0] }
func (s *system) last() *cluster.Gateway  { return s.Gateways[len(s.Gateways)-1] }

// sender returns the process that commits messages.
func (s *system) sender() *cluster.Program {
	if p := s.Program("message"); p != nil {
		return p
	}
	return s.first().Program
}

// crash ends a process without a warning, and begins it again.
func crash(t *testing.T, p *cluster.Program) {
	t.Helper()
	p.Kill()
	must(t, p.Run(t.Context()))
}

// soon is a context that ends a test that hangs.
func soon(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
