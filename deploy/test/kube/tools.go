package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/lair-chat/lair/deploy/test/hall"
)

const (
	namespace = "chat"
	chart     = "deploy/helm/lair"
	patient   = 4 * time.Minute
)

// components are those that run all the time.
func components() []string { return []string{"auth", "room", "message", "presence", "gateway"} }

// run gives a command its input and returns what it writes.
func run(ctx context.Context, input, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(input), &out, &errs
	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, strings.TrimSpace(errs.String()))
	}
	return out.String(), nil
}

func kubectl(ctx context.Context, args ...string) error {
	_, err := run(ctx, "", "kubectl", append([]string{"-n", namespace}, args...)...)
	return err
}

// ask decodes what kubectl knows of something.
func ask(ctx context.Context, into any, args ...string) error {
	out, err := run(ctx, "", "kubectl", append([]string{"-n", namespace, "-o", "json"}, args...)...)
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(out), into)
}

// pods returns the pods of a component that are not about to end.
func pods(ctx context.Context, component string) ([]corev1.Pod, error) {
	var all corev1.PodList
	if err := ask(ctx, &all, "get", "pods", "-l", "app.kubernetes.io/component="+component); err != nil {
		return nil, err
	}
	var living []corev1.Pod
	for _, p := range all.Items {
		if p.DeletionTimestamp == nil && p.Status.Phase == corev1.PodRunning {
			living = append(living, p)
		}
	}
	return living, nil
}

func isReady(p corev1.Pod) bool {
	for _, c := range p.Status.Conditions {
		if c.Type == corev1.PodReady {
			return c.Status == corev1.ConditionTrue
		}
	}
	return false
}

// settled waits until there are two ready pods of each component, and no others.
func settled(ctx context.Context) error {
	return hall.Until(ctx, patient, func(ctx context.Context) error {
		var all corev1.PodList
		if err := ask(ctx, &all, "get", "pods"); err != nil {
			return err
		}
		count := map[string]int{}
		for _, p := range all.Items {
			if p.DeletionTimestamp != nil || !isReady(p) {
				return fmt.Errorf("%s is not ready", p.Name)
			}
			count[p.Labels["app.kubernetes.io/component"]]++
		}
		for _, c := range components() {
			if count[c] != 2 {
				return fmt.Errorf("there are %d pods of %s", count[c], c)
			}
		}
		return nil
	})
}
