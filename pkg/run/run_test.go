package run_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/lair-chat/lair/pkg/run"
)

func TestMain(m *testing.M) {
	flag.Parse()
	if flag.NArg() > 0 {
		run.Main(programs[flag.Arg(0)])
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// story is what happened, in order.
type story chan string

func (s story) part(name string) run.Part {
	return run.Part{
		Name: name,
		Run: func(ctx context.Context) error {
			<-ctx.Done()
			s <- "stopped " + name
			return ctx.Err()
		},
		Drain: func(context.Context) error { s <- "drained " + name; return nil },
	}
}

func (s story) all() []string {
	close(s)
	var all []string
	for line := range s {
		all = append(all, line)
	}
	return all
}

func TestPartsDrainAndStopInReverse(t *testing.T) {
	s := make(story, 10)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := run.All(ctx, s.part("store"), run.Part{Name: "idle"}, s.part("server"))
	if err != nil {
		t.Error(err)
	}
	want := []string{"drained server", "drained store", "stopped server", "stopped store"}
	if diff := cmp.Diff(want, s.all()); diff != "" {
		t.Error(diff)
	}
}

func TestOneFailureStopsAll(t *testing.T) {
	s := make(story, 10)
	broken := errors.New("no space")
	err := run.All(t.Context(), s.part("store"), run.Part{
		Name:  "writer",
		Run:   func(context.Context) error { return broken },
		Drain: func(context.Context) error { t.Error("drained what had ended"); return nil },
	}, run.Part{
		Name:  "server",
		Drain: func(context.Context) error { return errors.New("two calls left") },
	})
	if !errors.Is(err, broken) || err.Error() != "drain server: two calls left\nwriter: no space" {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{"drained store", "stopped store"}, s.all()); diff != "" {
		t.Error(diff)
	}
}

func TestPartThatEndsEndsAll(t *testing.T) {
	if err := run.All(t.Context(), run.Part{Name: "wait"}, run.Part{
		Name: "job", Run: func(context.Context) error { return nil },
	}); err != nil {
		t.Error(err)
	}
}

func TestNobodyHoldsUpTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, never := make(story, 10), make(chan struct{})
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		began := time.Now()
		err := run.All(ctx, s.part("store"), run.Part{
			Name:  "deaf",
			Run:   func(context.Context) error { <-never; return nil },
			Drain: func(context.Context) error { <-never; return nil },
		})
		want := "drain deaf: context deadline exceeded\ndeaf: did not stop within 15s"
		if err == nil || err.Error() != want {
			t.Error(err)
		}
		if took := time.Since(began); took != 35*time.Second {
			t.Errorf("took %v", took)
		}
		close(never)
		synctest.Wait()
		if all := s.all(); all[len(all)-1] != "stopped store" {
			t.Errorf("%v", all)
		}
	})
}

// tell writes a line for the test that started this child.
func tell(line string) { _, _ = os.Stdout.WriteString(line + "\n") }

// programs are what a child of the test runs.
var programs = map[string]func(context.Context) ([]run.Part, error){
	"broken": func(context.Context) ([]run.Part, error) {
		return nil, errors.Join(errors.New("LAIR_DATABASE_URL is missing"), errors.New("and more"))
	},
	"interrupted": func(ctx context.Context) ([]run.Part, error) {
		tell("ready")
		<-ctx.Done()
		return nil, fmt.Errorf("wait for postgres: %w", ctx.Err())
	},
	"good": func(context.Context) ([]run.Part, error) {
		return []run.Part{{Name: "good", Run: func(ctx context.Context) error {
			tell("ready")
			<-ctx.Done()
			return nil
		}}}, nil
	},
	"slow": func(context.Context) ([]run.Part, error) {
		return []run.Part{{
			Name: "slow",
			Run:  func(ctx context.Context) error { tell("ready"); <-ctx.Done(); return nil },
			Drain: func(ctx context.Context) error {
				tell("draining")
				<-ctx.Done()
				return ctx.Err()
			},
		}}, nil
	},
}

func TestMainObeysSignals(t *testing.T) {
	for _, c := range []struct {
		program string
		waits   []string // before each signal
		code    int
		stderr  string
	}{
		{"broken", nil, 1, ": LAIR_DATABASE_URL is missing; and more\n"},
		{"interrupted", []string{"ready"}, 0, ""},
		{"good", []string{"ready"}, 0, ""},
		{"slow", []string{"ready", "draining"}, 1, ": stopped at once by a second signal\n"},
	} {
		t.Run(c.program, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), os.Args[0], c.program)
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			stdout, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewScanner(stdout)
			for _, want := range c.waits {
				if !lines.Scan() || lines.Text() != want {
					t.Fatalf("said %q, not %q", lines.Text(), want)
				}
				if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
					t.Fatal(err)
				}
			}
			_ = cmd.Wait()
			if got := cmd.ProcessState.ExitCode(); got != c.code || !strings.HasSuffix(stderr.String(), c.stderr) ||
				strings.Count(stderr.String(), "\n") != strings.Count(c.stderr, "\n") {
				t.Errorf("exit %d, %q", got, stderr.String())
			}
		})
	}
}
