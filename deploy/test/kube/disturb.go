package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/lair-chat/lair/deploy/test/hall"
)

// disturb replaces, kills and evicts while people talk, and makes a backup, of which it
// returns what has to be in it.
func disturb(ctx context.Context, values []string, e *ends, load *hall.Load) ([]string, error) {
	time.Sleep(5 * time.Second)
	gap, n := load.Gap()
	hall.Say("undisturbed: %d messages acknowledged, the longest wait for one %s", n, gap)
	for _, r := range []struct {
		what, tag string
		replace   func(tag string) (time.Duration, error)
	}{
		{"upgrade", "next", func(tag string) (time.Duration, error) { return upgraded(ctx, values, tag) }},
		{"rollback", "test", func(tag string) (time.Duration, error) { return rolledBack(ctx, tag) }},
	} {
		took, err := r.replace(r.tag)
		if err != nil {
			return nil, err
		}
		gap, n = load.Gap()
		hall.Say("helm %s: all pods replaced after %s, %d messages by then, the longest wait %s", r.what, took, n, gap)
	}
	for _, component := range components() {
		back, err := killed(ctx, component, e)
		if err != nil {
			return nil, fmt.Errorf("%s killed: %w", component, err)
		}
		gap, n := load.Gap()
		hall.Say("%s killed: two again after %s, %d messages by then, the longest wait %s", component, back, n, gap)
	}
	began := time.Now()
	if err := evict(ctx); err != nil {
		return nil, err
	}
	gap, n = load.Gap()
	hall.Say("gateway evicted, the other one refused meanwhile: two again after %s, %d messages by then, the longest wait %s", hall.Since(began), n, gap)
	return backUp(ctx, load)
}

// killed ends a pod without notice, and waits until another one is in its place.
func killed(ctx context.Context, component string, e *ends) (time.Duration, error) {
	all, err := pods(ctx, component)
	if err != nil {
		return 0, err
	}
	began := time.Now()
	e.kill(all[0].Name)
	if err := kubectl(ctx, "delete", "pod", all[0].Name, "--grace-period=0", "--force"); err != nil {
		return 0, err
	}
	err = settled(ctx)
	return hall.Since(began), err
}

// evict asks a gateway to leave, as who empties a node does. The budget has to refuse
// the second one while the first is away.
func evict(ctx context.Context) error {
	all, err := pods(ctx, "gateway")
	if err != nil {
		return err
	}
	if err := leave(ctx, all[0].Name); err != nil {
		return err
	}
	if err := leave(ctx, all[1].Name); err == nil || !strings.Contains(err.Error(), "disruption budget") {
		return errors.Join(errors.New("the other gateway may leave, too"), err)
	}
	if err := settled(ctx); err != nil {
		return err
	}
	now, err := pods(ctx, "gateway")
	if err != nil {
		return err
	}
	for _, p := range now {
		if p.Name == all[0].Name {
			return fmt.Errorf("%s has not left", p.Name)
		}
	}
	return nil
}

func leave(ctx context.Context, name string) error {
	wish := fmt.Sprintf(`{"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": %q, "namespace": %q}}`, name, namespace)
	_, err := run(ctx, wish, "kubectl", "create", "--raw", "/api/v1/namespaces/"+namespace+"/pods/"+name+"/eviction", "-f", "-")
	return err
}
