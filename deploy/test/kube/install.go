package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/lair-chat/lair/deploy/test/hall"
)

// prepare makes what the chart expects: databases, the namespace with the rules of the
// restricted pod security enforced, and a certificate.
func prepare(ctx context.Context) error {
	if _, err := run(ctx, "", "kubectl", "apply", "-f", "deploy/test/kube/data.yaml"); err != nil {
		return err
	}
	if _, err := run(ctx, "", "kubectl", "label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted"); err != nil {
		return err
	}
	if err := kubectl(ctx, "create", "secret", "tls", "gateway-tls", "--cert=/run/kube/tls.crt", "--key=/run/kube/tls.key"); err != nil {
		return err
	}
	for _, c := range components() {
		file := "/run/kube/mtls/" + c
		if err := kubectl(ctx, "create", "secret", "generic", "lair-"+c+"-mtls", "--from-file=tls.crt="+file+".crt",
			"--from-file=tls.key="+file+".key", "--from-file=ca.crt=/run/kube/mtls/ca.crt"); err != nil {
			return err
		}
	}
	for _, name := range []string{"postgres", "redis"} {
		if err := kubectl(ctx, "-n", "data", "rollout", "status", "deployment/"+name, "--timeout=4m"); err != nil {
			return err
		}
	}
	return guarded(ctx)
}

// guarded holds that the cluster enforces what the pods of the chart keep to: one that
// does not is refused, and one that does not decline a token gets it.
func guarded(ctx context.Context) error {
	image := "--image=redis:7-alpine"
	err := kubectl(ctx, "run", "guest", image, "--dry-run=server")
	if err == nil || !strings.Contains(err.Error(), "violates PodSecurity") {
		return errors.Join(errors.New("a pod that is not restricted is taken"), err)
	}
	return hall.Until(ctx, patient, func(ctx context.Context) error {
		var p corev1.Pod
		if err := ask(ctx, &p, "-n", "data", "run", "guest", image, "--dry-run=server"); err != nil {
			return err
		}
		if len(p.Spec.Containers[0].VolumeMounts) == 0 {
			return errors.New("the cluster gives no tokens to pods")
		}
		return nil
	})
}

// install puts the chart into the cluster, or another release in its place.
func install(ctx context.Context, values []string, verb, tag string) error {
	args := []string{verb, "lair", chart, "-n", namespace, "--set", "image.tag=" + tag, "--wait", "--timeout", "6m"}
	for _, file := range values {
		args = append(args, "-f", file)
	}
	_, err := run(ctx, "", "helm", args...)
	return err
}

// migrated holds that the Job that brings the database to its form has run.
func migrated(e *ends) error {
	n, _, _, err := e.well("migrate")
	if err == nil && n == 0 {
		err = errors.New("the Job migrate has not run")
	}
	return err
}

// probed holds that all programs were found started, ready and alive, and none was
// started again.
func probed(ctx context.Context) error {
	for _, component := range components() {
		all, err := pods(ctx, component)
		if err != nil {
			return err
		}
		for _, p := range all {
			c := p.Status.ContainerStatuses[0]
			if !isReady(p) || c.Started == nil || !*c.Started || c.RestartCount > 0 {
				return fmt.Errorf("%s: ready %t, started %v, %d restarts", p.Name, c.Ready, c.Started, c.RestartCount)
			}
		}
	}
	return nil
}

// upgraded waits until all pods are of another release, and those before have ended.
func upgraded(ctx context.Context, values []string, tag string) (time.Duration, error) {
	began := time.Now()
	if err := install(ctx, values, "upgrade", tag); err != nil {
		return 0, err
	}
	return replaced(ctx, tag, began)
}

// rolledBack puts the release before in the place of this one again.
func rolledBack(ctx context.Context, tag string) (time.Duration, error) {
	began := time.Now()
	if _, err := run(ctx, "", "helm", "rollback", "lair", "-n", namespace, "--wait", "--timeout", "6m"); err != nil {
		return 0, err
	}
	return replaced(ctx, tag, began)
}

func replaced(ctx context.Context, tag string, began time.Time) (time.Duration, error) {
	if err := settled(ctx); err != nil {
		return 0, err
	}
	for _, component := range components() {
		all, err := pods(ctx, component)
		if err != nil {
			return 0, err
		}
		for _, p := range all {
			if !strings.HasSuffix(p.Spec.Containers[0].Image, ":"+tag) {
				return 0, fmt.Errorf("%s is %s", p.Name, p.Spec.Containers[0].Image)
			}
		}
	}
	return hall.Since(began), nil
}
