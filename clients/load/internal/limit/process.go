package limit

import (
	"bufio"
	"context"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"strings"

	"github.com/lair-chat/lair/clients/load/internal/stack"
)

// The commands of this program that run a limit.
const (
	WriterCommand  = "limit-writer"
	SocketsCommand = "limit-sockets"
)

// Process is a limit in a process of its own.
type Process struct {
	Addr netip.AddrPort
	In   io.WriteCloser
	cmd  *exec.Cmd
}

// Start runs a command of this program, which ends at the latest with it.
func Start(ctx context.Context, command string, p stack.Placement) (*Process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, command) //nolint:gosec // this very program
	cmd.Stderr = os.Stderr
	if p.Pinned {
		cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	process := &Process{In: in, cmd: cmd}
	if p.Pinned {
		if err := stack.Pin(cmd.Process.Pid, p.Gateway); err != nil {
			process.Stop()
			return nil, err
		}
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err == nil {
		process.Addr, err = netip.ParseAddrPort(strings.TrimSpace(line))
	}
	if err != nil {
		process.Stop()
		return nil, err
	}
	return process, nil
}

// Pid returns the process id.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Stop ends the process.
func (p *Process) Stop() {
	_ = p.In.Close()
	_ = p.cmd.Wait()
}
