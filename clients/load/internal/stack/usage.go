package stack

import (
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Usage is the CPU time that programs have used so far, by name.
type Usage map[string]time.Duration

// tick is the unit of CPU times in /proc, which is the same on all Linux.
const tick = time.Second / 100

// Usage returns the CPU time of this program, of the services and of the
// servers. Unlike the time on the clock it says little about what else the
// machine is doing.
func (s *Stack) Usage() Usage {
	u := Usage{}
	for pid, p := range below(os.Getpid()) {
		name := p.name
		if pid == os.Getpid() {
			name = Generator
		}
		u[name] += p.used
	}
	return u
}

// Generator is this program among those that use CPU time.
const Generator = "generator"

// Since returns what was used since before.
func (u Usage) Since(before Usage) Usage {
	d := maps.Clone(u)
	for name, used := range before {
		d[name] -= used
	}
	return d
}

// process is what the kernel says of one.
type process struct {
	name   string
	parent int
	used   time.Duration
}

// below returns the process root and those that it, or one of them, started.
func below(root int) map[int]process {
	all := map[int]process{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		stat, err := os.ReadFile(path) //nolint:gosec // a file of the kernel
		if err != nil {
			continue // it has ended
		}
		// The name is in brackets, and may have any character.
		head, rest, _ := strings.Cut(string(stat), "(")
		end := strings.LastIndexByte(rest, ')')
		pid, err := strconv.Atoi(strings.TrimSpace(head))
		fields := strings.Fields(rest[end+1:])
		if err != nil || end < 0 || len(fields) < 13 {
			continue
		}
		parent, _ := strconv.Atoi(fields[1])
		user, _ := strconv.Atoi(fields[11])
		system, _ := strconv.Atoi(fields[12])
		all[pid] = process{rest[:end], parent, time.Duration(user+system) * tick}
	}
	maps.DeleteFunc(all, func(pid int, _ process) bool { return !descends(all, pid, root) })
	return all
}

func descends(all map[int]process, pid, root int) bool {
	for ; pid > 1; pid = all[pid].parent {
		if pid == root {
			return true
		}
	}
	return false
}
