// Package bench measures the system in its processes: how many messages it
// takes, how fast it answers, how many sockets it reaches and what an idle one
// costs. Each figure stands beside a limit that was measured in the same run.
//
// Nothing here is a test of speed: a run fails only if something broke, above
// all when a message was lost or repeated. Start at Run.
package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lair-chat/lair/clients/load/internal/report"
	"github.com/lair-chat/lair/clients/load/internal/stack"
)

// Options say what to measure.
type Options struct {
	Bin   string // where the programs are
	Dir   string // for what the processes write
	Quick bool   // less of everything, to see that it works
	Only  string // one of the names in Parts; empty is all
	Out   io.Writer
}

// bench is one run.
type bench struct {
	Options
	stack  *stack.Stack
	people *stack.People
	table  report.Table
	cpu    []report.Row // the second table
	size   scale
	frame  int // bytes of JSON of an event, as it was seen last
	n      int // runs so far, to tell their messages apart
}

// scale is how much of everything.
type scale struct {
	each     time.Duration // that a figure is measured for
	warm     time.Duration // before it
	senders  []int
	crowds   []int // sockets in one room
	idle     int
	schedule time.Duration
}

var (
	full = scale{
		each: 4 * time.Second, warm: time.Second, senders: []int{1, 64, 1024},
		crowds: []int{1000, 10_000}, idle: 10_000, schedule: 15 * time.Second,
	}
	quick = scale{
		each: time.Second, warm: 300 * time.Millisecond, senders: []int{1, 64, 1024},
		crowds: []int{1000}, idle: 2000, schedule: 3 * time.Second,
	}
)

// usualFrame is about the size of an event, until one is seen.
const usualFrame = 560

// people is how many users there are; connections share them.
const people = 10

// Run measures everything and prints it.
func Run(ctx context.Context, o Options) (err error) {
	b := &bench{Options: o, size: full, frame: usualFrame}
	if o.Quick {
		b.size = quick
	}
	if err := b.enoughFiles(); err != nil {
		return err
	}
	if b.stack, err = stack.Servers(ctx, o.Bin, o.Dir); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.stack.Stop()) }()
	busy, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return err
	}
	minute, _, _ := strings.Cut(string(busy), " ")
	fmt.Fprintf(o.Out, "%d CPUs, %s, load average before the run %s. %s\n\n", runtime.NumCPU(), runtime.Version(), minute, b.where())
	b.table = report.New(o.Out)
	for _, part := range []struct {
		names []string
		run   func(context.Context) error
	}{
		{[]string{Sends, Latency}, b.many},
		{[]string{SQLite}, b.one},
		{[]string{FanOut, Memory}, b.sockets},
	} {
		if !slices.ContainsFunc(part.names, b.wants) {
			continue
		}
		if err := part.run(ctx); err != nil {
			return fmt.Errorf("%w\n%s", err, b.stack.Log())
		}
		b.stack.Clear()
	}
	if len(b.cpu) > 0 {
		fmt.Fprint(o.Out, "\nThe same in CPU time, which other work on the machine changes less:\n\n")
		report.New(o.Out).Add(b.cpu...)
	}
	return nil
}

// The parts of a run.
const (
	Sends   = "sends"
	Latency = "latency"
	SQLite  = "sqlite"
	FanOut  = "fanout"
	Memory  = "memory"
)

// Parts are the names of all parts of a run.
var Parts = []string{Sends, Latency, SQLite, FanOut, Memory}

func (b *bench) wants(part string) bool { return b.Only == "" || b.Only == part }

// enoughFiles checks that a process may open as many sockets as are needed.
func (b *bench) enoughFiles() error {
	var may unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &may); err != nil {
		return err
	}
	need := uint64(slices.Max(append(b.size.crowds, b.size.idle)) + 500) //nolint:gosec // thousands
	if may.Max < need {
		return fmt.Errorf("a process may have %d open files here and needs %d (ulimit -Hn): set BENCH_QUICK=1 for fewer sockets", may.Max, need)
	}
	return nil
}

// where says what runs on which CPU, and whether the disk is one.
func (b *bench) where() string {
	memory := ""
	var fs unix.Statfs_t
	if unix.Statfs(b.Dir, &fs) == nil && fs.Type == unix.TMPFS_MAGIC {
		memory = " The data is in memory, not on a disk: set TMPDIR, or commits cost nothing."
	}
	p := placement()
	if !p.Pinned {
		return "Everything shares them." + memory
	}
	return fmt.Sprintf("Sends and latency: everything shares them. Fan-out and memory: the server that is measured on CPU %d, the generator and the rest on CPU %d.",
		p.Gateway, p.Other) + memory
}

func placement() stack.Placement {
	return stack.Placement{Pinned: runtime.NumCPU() > 1, Gateway: 0, Other: 1}
}

// many is the system in many processes.
func (b *bench) many(ctx context.Context) error {
	err := b.stack.Many(ctx, stack.Placement{})
	if err != nil {
		return err
	}
	if b.people, err = b.stack.Register(ctx, people); err != nil {
		return err
	}
	if b.wants(Sends) {
		err = b.postgresSends(ctx)
	}
	if b.wants(Latency) && err == nil {
		err = b.latencies(ctx)
	}
	return err
}

// one is everything in one process.
func (b *bench) one(ctx context.Context) error {
	dir := filepath.Join(b.Dir, "one")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	err := b.stack.One(ctx, filepath.Join(dir, "lair.db"))
	if err != nil {
		return err
	}
	if b.people, err = b.stack.Register(ctx, people); err != nil {
		return err
	}
	return b.sqliteSends(ctx, dir)
}

// sockets is the gateway with many connections.
func (b *bench) sockets(ctx context.Context) error {
	p := placement()
	err := b.stack.Many(ctx, p)
	if err != nil {
		return err
	}
	if b.people, err = b.stack.Register(ctx, people); err != nil {
		return err
	}
	if p.Pinned {
		runtime.GOMAXPROCS(1)
		if err := stack.Pin(os.Getpid(), p.Other); err != nil {
			return err
		}
	}
	for _, n := range b.size.crowds {
		if !b.wants(FanOut) {
			break
		}
		if err := b.fanOut(ctx, p, n); err != nil {
			return err
		}
	}
	if !b.wants(Memory) {
		return nil
	}
	return b.memory(ctx, p)
}

// run returns a name for the messages of one more run.
func (b *bench) run() string {
	b.n++
	return fmt.Sprintf("run%d", b.n)
}
