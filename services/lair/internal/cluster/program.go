package cluster

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/lair-chat/lair/pkg/testkit/child"
)

// Program is one process of a system, which can be ended and begun again at the
// same addresses. Run, Kill and Stop are called by one goroutine at a time.
type Program struct {
	Name string
	// Metrics is the address at which Prometheus reads it, if there is one.
	Metrics string
	// GRPC is where a service serves the others.
	GRPC string

	path  string
	args  []string
	env   []string
	dir   string
	out   io.Writer
	ready func(context.Context) error // nil when it serves

	process *child.Process
}

// Run starts the program, and waits until it serves.
func (p *Program) Run(ctx context.Context) error {
	// The environment is the program's own: what is set outside is for the
	// starter.
	env := append([]string{"PATH=" + os.Getenv("PATH"), "TMPDIR=" + os.TempDir()}, p.env...) //nolint:forbidigo // passed on
	process, err := child.Start(child.Command{
		Path: p.path, Args: p.args, Env: env, Dir: p.dir, Out: p.out, Death: syscall.SIGKILL,
	})
	if err != nil {
		return fmt.Errorf("start %s: %w", p.Name, err)
	}
	p.process = process
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	for {
		err := p.ready(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-p.process.Done():
			return fmt.Errorf("%s ended at its start", p.Name)
		case <-ctx.Done():
			return fmt.Errorf("%s does not serve: %w", p.Name, err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// startTime bounds the start of a program.
const startTime = time.Minute

// Kill ends the program as a crash does. Run begins it again.
func (p *Program) Kill() {
	if p.process != nil {
		_ = p.process.Stop(syscall.SIGKILL)
		p.process = nil
	}
}

// Stop ends the program in good order. The error is how it ended.
func (p *Program) Stop() error {
	if p.process == nil {
		return nil
	}
	if err := p.process.Stop(syscall.SIGTERM); err != nil {
		return fmt.Errorf("%s: %w", p.Name, err)
	}
	return nil
}

// Use makes the next Run start the program of the same name in another folder.
func (p *Program) Use(bin string) { p.path = filepath.Join(bin, filepath.Base(p.path)) }

// Pause makes the program hang without ending, until Resume.
func (p *Program) Pause() { p.process.Signal(syscall.SIGSTOP) }

// Resume undoes Pause.
func (p *Program) Resume() { p.process.Signal(syscall.SIGCONT) }

// Done is closed when the program has ended.
func (p *Program) Done() <-chan struct{} { return p.process.Done() }

// Pid returns the id of the process.
func (p *Program) Pid() int { return p.process.Pid() }

// answers returns a question that a gateway answers when it is ready.
func answers(url string) func(context.Context) error {
	return func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/ready", nil)
		if err != nil {
			return err
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return fmt.Errorf("%s/ready says %s", url, resp.Status)
		}
		return nil
	}
}

// listens returns a question that an address answers when somebody listens.
func listens(addr string) func(context.Context) error {
	return func(ctx context.Context) error {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
		if err != nil {
			return err
		}
		return conn.Close()
	}
}

// compile runs the go command.
func compile(ctx context.Context, args []string) error {
	out, err := exec.CommandContext(ctx, "go", args...).CombinedOutput() //nolint:gosec // our own words
	if err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}
