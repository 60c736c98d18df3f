package deploy_test

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// monitored renders the minimal values with all that watches the release.
func monitored(t *testing.T) rendered {
	t.Helper()
	values := valuesOf(t, "minimal")
	for _, what := range []string{"serviceMonitor", "prometheusRule", "dashboards"} {
		values[what] = map[string]any{"enabled": true}
	}
	all, err := render(values)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestTheOperatorGetsTheSameRulesAsPrometheus(t *testing.T) {
	files, err := filepath.Glob("observability/prometheus/rules/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	rules := map[string]string{}
	for _, r := range of[*monitoringv1.PrometheusRule](monitored(t)) {
		rules[r.Name] = canonical(t, r.Spec.Groups)
	}
	if len(rules) != len(files) {
		t.Errorf("%d files are %d objects", len(files), len(rules))
	}
	for _, file := range files {
		var want struct {
			Groups []map[string]any `json:"groups"`
		}
		if err := yaml.UnmarshalStrict([]byte(read(t, file)), &want); err != nil {
			t.Fatal(err)
		}
		name := "lair-" + strings.TrimSuffix(filepath.Base(file), ".yml")
		if rules[name] != canonical(t, want.Groups) || len(want.Groups) == 0 {
			t.Errorf("%s is\n%s\nand not what is in %s", name, rules[name], file)
		}
	}
}

// canonical is what something says, whatever type it has in Go.
func canonical(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var plain any
	if err := json.Unmarshal(text, &plain); err != nil {
		t.Fatal(err)
	}
	text, err = json.Marshal(plain)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestGrafanaGetsTheDashboards(t *testing.T) {
	files, err := filepath.Glob("observability/grafana/dashboards/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	boards := map[string]string{}
	for _, c := range of[*corev1.ConfigMap](monitored(t)) {
		if c.Labels["grafana_dashboard"] == "1" {
			maps.Copy(boards, c.Data)
		}
	}
	if len(boards) != len(files) {
		t.Errorf("%d files are %d dashboards", len(files), len(boards))
	}
	for _, file := range files {
		if boards["lair-"+filepath.Base(file)] != strings.TrimSpace(read(t, file)) {
			t.Errorf("%s is another in the cluster", file)
		}
	}
}

// TestTheOperatorFindsEachProcessOnce also holds that it calls them what alerts and
// dashboards do.
func TestTheOperatorFindsEachProcessOnce(t *testing.T) {
	all := monitored(t)
	monitors := of[*monitoringv1.ServiceMonitor](all)
	if len(monitors) != len(roles) {
		t.Fatalf("%d monitors", len(monitors))
	}
	for _, m := range monitors {
		role := strings.TrimPrefix(m.Name, "lair-")
		if len(m.Spec.Endpoints) != 1 {
			t.Fatalf("%s has %d endpoints", m.Name, len(m.Spec.Endpoints))
		}
		e, found := m.Spec.Endpoints[0], 0
		for _, s := range of[*corev1.Service](all) {
			if selects(m.Spec.Selector.MatchLabels, s.Labels) && slices.ContainsFunc(s.Spec.Ports, func(p corev1.ServicePort) bool { return p.Name == e.Port }) {
				found++
				if p := all.find(t, s.Spec.Selector); p.name != m.Name {
					t.Errorf("%s finds %s", m.Name, p.name)
				}
			}
		}
		if found != 1 {
			t.Errorf("%s finds %d Services with metrics", m.Name, found)
		}
		labels := map[string]string{}
		for _, r := range e.RelabelConfigs {
			labels[r.TargetLabel] = *r.Replacement
		}
		if labels["service"] != role || labels["job"] != "lair" || !slices.Contains(roles, role) {
			t.Errorf("%s calls them %v", m.Name, labels)
		}
	}
}

func TestAPackageOfTheChartHasAllFilesOfTheRepository(t *testing.T) {
	c, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	name, err := chartutil.Save(c, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	packed, err := loader.LoadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	want, got := map[string]string{}, map[string]string{}
	for _, f := range c.Raw {
		want[f.Name] = string(f.Data)
	}
	for _, f := range packed.Raw {
		got[f.Name] = string(f.Data)
	}
	for _, file := range []string{"rules/causes.yml", "dashboards/overview.json"} {
		if want["files/"+file] == "" || got["files/"+file] != want["files/"+file] {
			t.Errorf("%s is not in the package as it is here", file)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d files are %d in the package", len(want), len(got))
	}
}
