package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	corev1 "k8s.io/api/core/v1"
)

// secretsOf are the secrets that a component needs, and no others.
func secretsOf() map[string][]string {
	return map[string][]string{
		"auth":     {"cluster-key", "database-url", "jwt-secret", "redis-url"},
		"room":     {"cluster-key", "database-url", "redis-url"},
		"message":  {"cluster-key", "database-url", "redis-url"},
		"presence": {"cluster-key", "redis-url"},
		"gateway":  {"cluster-key", "redis-url"},
	}
}

// confined looks at the processes of all pods: what the chart says of them has to be
// true of what runs.
func confined(ctx context.Context) error {
	for _, component := range components() {
		all, err := pods(ctx, component)
		if err != nil {
			return err
		}
		for _, p := range all {
			pid, err := process(ctx, p)
			if err != nil {
				return err
			}
			if err := errors.Join(powerless(pid), readOnly(pid), silent(pid), files(pid, secretsOf()[component])); err != nil {
				return fmt.Errorf("%s: %w", p.Name, err)
			}
		}
	}
	return nil
}

// process returns the folder in /proc of a pod's program.
func process(ctx context.Context, p corev1.Pod) (string, error) {
	id := strings.TrimPrefix(p.Status.ContainerStatuses[0].ContainerID, "containerd://")
	tasks, err := run(ctx, "", "ctr", "-n", "k8s.io", "tasks", "list")
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(tasks) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == id {
			return "/proc/" + f[1], nil
		}
	}
	return "", fmt.Errorf("%s has no process", p.Name)
}

// powerless holds that a process is nobody, can become nobody else, and is filtered.
func powerless(proc string) error {
	text, err := os.ReadFile(filepath.Join(proc, "status"))
	if err != nil {
		return err
	}
	have := map[string]string{}
	for line := range strings.Lines(string(text)) {
		k, v, _ := strings.Cut(line, ":")
		have[k] = strings.Join(strings.Fields(v), " ")
	}
	for k, want := range map[string]string{
		"Uid": "65532 65532 65532 65532", "CapEff": "0000000000000000", "CapBnd": "0000000000000000",
		"NoNewPrivs": "1", "Seccomp": "2",
	} {
		if have[k] != want {
			return fmt.Errorf("%s is %q, not %q", k, have[k], want)
		}
	}
	return nil
}

// readOnly holds that nobody writes the files of a process, not even this program.
func readOnly(proc string) error {
	f, err := os.Create(filepath.Join(proc, "root", "written"))
	if err == nil {
		return errors.Join(errors.New("its root can be written"), f.Close())
	}
	if !errors.Is(err, syscall.EROFS) {
		return err
	}
	return nil
}

// silent holds that the environment has neither secrets nor what Kubernetes makes of
// the names of Services.
func silent(proc string) error {
	text, err := os.ReadFile(filepath.Join(proc, "environ"))
	if err != nil {
		return err
	}
	for v := range strings.SplitSeq(string(text), "\x00") {
		name, value, _ := strings.Cut(v, "=")
		if strings.HasPrefix(name, "LAIR_") && (strings.HasSuffix(name, "_SERVICE_HOST") || strings.HasPrefix(value, "tcp://")) {
			return fmt.Errorf("it has the variable %s", name)
		}
		for _, secret := range []string{"0123456789abcdef", "fedcba9876543210", "only-here", "redis://"} {
			if strings.Contains(value, secret) {
				return fmt.Errorf("the variable %s has a secret", name)
			}
		}
	}
	return nil
}

// files holds that a process has the files of its secrets only, and no token.
func files(proc string, secrets []string) error {
	entries, err := os.ReadDir(filepath.Join(proc, "root/etc/lair"))
	if err != nil {
		return err
	}
	var there []string
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") {
			there = append(there, e.Name())
		}
	}
	if !slices.Equal(there, secrets) {
		return fmt.Errorf("its secrets are %v, not %v", there, secrets)
	}
	for _, folder := range []string{"root/run/secrets", "root/var/run/secrets"} {
		if _, err := os.Stat(filepath.Join(proc, folder)); !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("it may have a token of the cluster: there is %s", folder)
		}
	}
	return nil
}
