package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// ends is how pods ended.
type ends struct {
	mu     sync.Mutex
	killed map[string]bool // those whose end is not for them to choose
	pods   map[string]end
}

type end struct {
	component string
	told      time.Time
	grace     time.Duration
	ended     bool
	exit      int32
	took      time.Duration // from being told to the end
}

// watch notes how every pod ends from now on.
func watch(ctx context.Context) (*ends, error) {
	e := &ends{killed: map[string]bool{}, pods: map[string]end{}}
	cmd := exec.CommandContext(ctx, "kubectl", "-n", namespace, "get", "pods", "-w", "-o", "json", "--output-watch-events")
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer cmd.Wait() //nolint:errcheck // it ends with ctx
		for d := json.NewDecoder(out); ; {
			var change struct {
				Type   string     `json:"type"`
				Object corev1.Pod `json:"object"`
			}
			if d.Decode(&change) != nil {
				return
			}
			e.note(change.Object)
		}
	}()
	return e, nil
}

func (e *ends) note(p corev1.Pod) {
	e.mu.Lock()
	defer e.mu.Unlock()
	x := e.pods[p.Name]
	x.component = p.Labels["app.kubernetes.io/component"]
	// The time in the pod is the one by which it must have ended. When it has, its
	// period is set to nought.
	if p.DeletionTimestamp != nil && *p.DeletionGracePeriodSeconds > 0 && x.grace == 0 {
		x.grace = time.Duration(*p.DeletionGracePeriodSeconds) * time.Second
		x.told = p.DeletionTimestamp.Add(-x.grace)
	}
	for _, c := range p.Status.ContainerStatuses {
		if done := c.State.Terminated; done != nil {
			x.ended, x.exit, x.took = true, done.ExitCode, done.FinishedAt.Sub(x.told)
		}
	}
	e.pods[p.Name] = x
}

// kill says that a pod will not end by itself.
func (e *ends) kill(name string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.killed[name] = true
}

// well holds that all pods that were asked to end did so by themselves, in time. It
// returns how many of a component did, and how long the slowest took.
func (e *ends) well(component string) (n int, longest, grace time.Duration, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for name, x := range e.pods {
		if x.component != component || !x.ended || e.killed[name] {
			continue
		}
		if x.exit != 0 {
			return n, longest, grace, fmt.Errorf("%s ended with %d", name, x.exit)
		}
		n, longest, grace = n+1, max(longest, x.took), max(grace, x.grace)
	}
	return n, longest, grace, nil
}
