// Package child runs programs that must not outlive the one that started them,
// however it ends.
package child

import (
	"context"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
)

// Process is a running child.
type Process struct {
	cmd  *exec.Cmd
	done chan struct{}
	err  error
}

// Command says what to run.
type Command struct {
	Path  string
	Args  []string
	Env   []string            // nil is the environment of this process
	Dir   string              // where it runs
	Out   io.Writer           // what it writes; nil is nowhere
	Owner *syscall.Credential // nil is oneself
	// Death is what the kernel sends it when this process dies.
	Death syscall.Signal
}

// Start runs a program. It does not hear the signals of the terminal: whoever
// started it decides how it ends.
func Start(c Command) (*Process, error) {
	p := &Process{done: make(chan struct{})}
	p.cmd = exec.CommandContext(context.Background(), c.Path, c.Args...)
	p.cmd.Dir, p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr = c.Dir, c.Env, c.Out, c.Out
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.Owner, Pdeathsig: c.Death, Setpgid: true}
	started := make(chan error)
	go func() {
		// The signal comes when the starting thread ends, so it must not end.
		runtime.LockOSThread()
		err := p.cmd.Start()
		started <- err
		if err == nil {
			p.err = p.cmd.Wait()
		}
		close(p.done)
	}()
	return p, <-started
}

// Pid returns the process id.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Signal sends a signal; one to a process that has ended is lost.
func (p *Process) Signal(s syscall.Signal) { _ = p.cmd.Process.Signal(s) }

// Done is closed when the process has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Stop sends a signal and waits for the end.
func (p *Process) Stop(s syscall.Signal) error {
	p.Signal(s)
	<-p.done
	return p.err
}

// Owner returns who should run a server that refuses root: nil, which is
// oneself, or the ordinary user named, if one is root. dir is given to it.
func Owner(name, dir string) (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil //nolint:nilnil // no other owner
	}
	u, err := user.Lookup(name)
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			return nil, err
		}
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, os.Chown(dir, int(uid), int(gid))
}

// Find returns the path of a program: on PATH, or matching one of the patterns.
func Find(name string, patterns ...string) (string, error) {
	for _, pattern := range patterns {
		found, err := filepath.Glob(filepath.Join(pattern, name))
		if err == nil && len(found) > 0 {
			return found[len(found)-1], nil
		}
	}
	return exec.LookPath(name)
}
