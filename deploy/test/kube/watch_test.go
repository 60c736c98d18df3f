package main

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// seen is what a cluster tells of a pod that is to end, and of its end.
func seen(name string, exit int32) []corev1.Pod {
	told := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	p := corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"app.kubernetes.io/component": "gateway"}}}
	asked, ended := p, p
	grace, none := int64(40), int64(0)
	at, now := metav1.NewTime(told.Add(40*time.Second)), metav1.NewTime(told.Add(7*time.Second))
	asked.DeletionTimestamp, asked.DeletionGracePeriodSeconds = &at, &grace
	ended.DeletionTimestamp, ended.DeletionGracePeriodSeconds = &now, &none
	ended.Status.ContainerStatuses = []corev1.ContainerStatus{{State: corev1.ContainerState{
		Terminated: &corev1.ContainerStateTerminated{ExitCode: exit, FinishedAt: now},
	}}}
	return []corev1.Pod{p, asked, ended}
}

func TestAPodThatIsKilledInTheEndIsFound(t *testing.T) {
	e := &ends{killed: map[string]bool{}, pods: map[string]end{}}
	for _, p := range append(seen("a", 0), seen("b", 0)[:2]...) {
		e.note(p)
	}
	if n, took, grace, err := e.well("gateway"); n != 1 || took != 7*time.Second || grace != 40*time.Second || err != nil {
		t.Errorf("%d pods ended within %s of %s: %v", n, took, grace, err)
	}
	for _, p := range seen("c", 137) {
		e.note(p)
	}
	if _, _, _, err := e.well("gateway"); err == nil {
		t.Error("a pod that ended with 137 ended well")
	}
	e.kill("c")
	if n, _, _, err := e.well("gateway"); n != 1 || err != nil {
		t.Errorf("a pod that was killed on purpose counts: %d, %v", n, err)
	}
}
