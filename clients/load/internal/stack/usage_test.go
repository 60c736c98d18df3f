package stack

import (
	"maps"
	"os"
	"os/exec"
	"testing"
	"time"
)

func TestBelowFindsTheChildrenOfAProcess(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "sleep", "60")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Wait() }()
	defer func() { _ = cmd.Process.Kill() }()
	all := below(os.Getpid())
	if p := all[cmd.Process.Pid]; p.name != "sleep" || p.parent != os.Getpid() {
		t.Errorf("the child is %+v", p)
	}
	if _, ok := all[os.Getpid()]; !ok {
		t.Error("the process itself is not there")
	}
	if _, ok := all[os.Getppid()]; ok {
		t.Error("its parent is there")
	}
}

func TestUsageGrowsWithWork(t *testing.T) {
	s := &Stack{}
	before := s.Usage()
	for s.Usage().Since(before)[Generator] < 2*tick {
	}
	if got := before[Generator]; got < 0 {
		t.Errorf("%v was used before", got)
	}
}

func TestSinceLeavesWhatWasBefore(t *testing.T) {
	now := Usage{"gateway": 5 * time.Second, "postgres": time.Second}
	got := now.Since(Usage{"gateway": 2 * time.Second})
	if want := (Usage{"gateway": 3 * time.Second, "postgres": time.Second}); !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestResidentIsTheMemoryOfAProcess(t *testing.T) {
	ballast := make([]byte, 64<<20)
	for i := range ballast {
		ballast[i] = 1
	}
	n, err := Resident(os.Getpid())
	if err != nil || n < int64(len(ballast)) {
		t.Errorf("%d bytes, %v", n, err)
	}
	if ballast[len(ballast)-1] != 1 {
		t.Error("the ballast is gone")
	}
}
