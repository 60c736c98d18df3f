package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"time"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/lair-chat/lair/deploy/test/hall"
	"github.com/lair-chat/lair/deploy/test/prometheus"
)

// elsewhere is what is not in this cluster: lair serve, replicas, the balancer and the
// prober of docker-compose.yml, and an exporter of the node.
var elsewhere = regexp.MustCompile(`lair_sqlite_|lair_data_free_bytes|pg_replication_lag|pg_stat_replication|node_filesystem|haproxy_|probe_`)

// watched is what an operator does with a Prometheus that looks after the release: all
// pods are found, nothing is told while all is well, dashboards have answers, and a
// service without pods is told.
func watched(ctx context.Context, people *hall.Hall) error {
	p, err := monitor(ctx)
	if err != nil {
		return err
	}
	began, found := time.Now(), map[string]int{}
	wanted := map[string]int{"postgres": 1, "redis": 1}
	for _, c := range components() {
		wanted[c] = 2
	}
	err = hall.Until(ctx, patient, func(ctx context.Context) error {
		found, err = p.Targets(ctx, wanted)
		return err
	})
	if err != nil {
		return err
	}
	hall.Say("Prometheus finds all pods by what the API server knows, after %s: %v", hall.Since(began), found)
	if err := errors.Join(p.Quiet(ctx, people), p.Boards(ctx, elsewhere)); err != nil {
		return err
	}
	return missed(ctx, p, people)
}

// monitor starts Prometheus with the rules of the chart.
func monitor(ctx context.Context) (prometheus.API, error) {
	var all monitoringv1.PrometheusRuleList
	if err := ask(ctx, &all, "get", "prometheusrules"); err != nil {
		return prometheus.API{}, err
	}
	rules := map[string]string{}
	for _, rule := range all.Items {
		text, err := json.Marshal(rule.Spec)
		if err != nil {
			return prometheus.API{}, err
		}
		rules[rule.Name+".json"] = string(text)
	}
	given, err := json.Marshal(corev1.ConfigMap{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "ConfigMap"},
		ObjectMeta: metav1.ObjectMeta{Name: "rules", Namespace: "monitoring"},
		Data:       rules,
	})
	if err != nil {
		return prometheus.API{}, err
	}
	if _, err := run(ctx, "", "kubectl", "apply", "-f", "deploy/test/kube/monitoring.yaml"); err != nil {
		return prometheus.API{}, err
	}
	if _, err := run(ctx, string(given), "kubectl", "create", "-f", "-"); err != nil {
		return prometheus.API{}, err
	}
	if _, err := run(ctx, "", "kubectl", "-n", "monitoring", "rollout", "status", "deployment/prometheus", "--timeout=4m"); err != nil {
		return prometheus.API{}, err
	}
	var s corev1.Service
	err = ask(ctx, &s, "-n", "monitoring", "get", "service", "prometheus")
	return prometheus.API{URL: "http://" + s.Spec.ClusterIP + ":9090"}, err
}

// missed takes the pods of a service away until that is told, and gives them back.
func missed(ctx context.Context, p prometheus.API, people *hall.Hall) error {
	const name = "LairServiceMissing presence"
	began := time.Now()
	if err := kubectl(ctx, "scale", "deployment", "lair-presence", "--replicas=0"); err != nil {
		return err
	}
	for _, state := range []string{"pending", "firing"} {
		if err := p.Is(ctx, name, state); err != nil {
			return err
		}
		hall.Say("presence scaled to nothing: LairServiceMissing is %s after %s", state, hall.Since(began))
	}
	if err := people.Talk(ctx, "without presence"); err != nil {
		return err
	}
	began = time.Now()
	if err := kubectl(ctx, "scale", "deployment", "lair-presence", "--replicas=2"); err != nil {
		return err
	}
	if err := p.Is(ctx, name, ""); err != nil {
		return err
	}
	if err := settled(ctx); err != nil {
		return fmt.Errorf("presence is back: %w", err)
	}
	hall.Say("presence is back: the alert is over after %s", hall.Since(began))
	return nil
}
