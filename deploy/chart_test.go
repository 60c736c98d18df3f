package deploy_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	certmanagerv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	helmchart "helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"helm.sh/helm/v3/pkg/lint"
	"helm.sh/helm/v3/pkg/lint/support"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/yaml"
)

const chartPath = "helm/lair"

// rendered is what the chart makes of values: the objects, and the notes.
type rendered struct {
	objects []runtime.Object
	notes   string
}

// render does what helm template does, and decodes every object strictly, those of the
// Prometheus operator and of cert-manager too.
func render(values map[string]any) (rendered, error) {
	var all rendered
	files, err := template(values)
	if err != nil {
		return all, err
	}
	known := runtime.NewScheme()
	if err := errors.Join(scheme.AddToScheme(known), monitoringv1.AddToScheme(known), certmanagerv1.AddToScheme(known)); err != nil {
		return all, err
	}
	decoder := serializer.NewCodecFactory(known, serializer.EnableStrict).UniversalDeserializer()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if strings.HasSuffix(name, "NOTES.txt") {
			all.notes = files[name]
			continue
		}
		for doc := range strings.SplitSeq("\n"+files[name], "\n---") {
			var raw map[string]any
			if err := yaml.UnmarshalStrict([]byte(doc), &raw); err != nil {
				return all, fmt.Errorf("%s: %w\n%s", name, err, doc)
			}
			if len(raw) == 0 {
				continue
			}
			object, _, err := decoder.Decode([]byte(doc), nil, nil)
			if err != nil {
				return all, fmt.Errorf("%s: %w\n%s", name, err, doc)
			}
			all.objects = append(all.objects, object)
		}
	}
	return all, nil
}

// of returns the objects of a kind.
func of[T runtime.Object](r rendered) []T {
	var all []T
	for _, object := range r.objects {
		if o, ok := object.(T); ok {
			all = append(all, o)
		}
	}
	return all
}

var loaded = sync.OnceValues(func() (*helmchart.Chart, error) { return loader.LoadDir(chartPath) })

func template(values map[string]any) (map[string]string, error) {
	c, top, err := merged(values)
	if err != nil {
		return nil, err
	}
	return engine.Engine{}.Render(c, top)
}

// merged returns the chart, and what its templates see.
func merged(values map[string]any) (*helmchart.Chart, chartutil.Values, error) {
	c, err := loaded()
	if err != nil {
		return nil, nil, err
	}
	options := chartutil.ReleaseOptions{Name: "lair", Namespace: "chat", IsInstall: true, Revision: 1}
	capabilities := *chartutil.DefaultCapabilities
	capabilities.KubeVersion = chartutil.KubeVersion{Version: "v1.34.0", Major: "1", Minor: "34"}
	top, err := chartutil.ToRenderValues(c, values, options, &capabilities)
	return c, top, err
}

// valuesOf returns the values in testdata.
func valuesOf(t *testing.T, name string) map[string]any {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "values", name+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var values map[string]any
	if err := yaml.Unmarshal(text, &values); err != nil {
		t.Fatal(err)
	}
	return values
}

// good renders the values in testdata. Nobody may change what it returns.
func good(t *testing.T, name string) rendered {
	t.Helper()
	if all, there := goods[name]; there {
		return all
	}
	all, err := render(valuesOf(t, name))
	if err != nil {
		t.Fatal(err)
	}
	goods[name] = all
	return all
}

var goods = map[string]rendered{}

// chart renders values that are good, each in a test of its own.
func chart(t *testing.T, check func(*testing.T, rendered)) {
	t.Helper()
	files, err := filepath.Glob("testdata/values/*.yaml")
	if err != nil || len(files) < 4 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		t.Run(name, func(t *testing.T) {
			check(t, good(t, name))
		})
	}
}

func TestEveryObjectOfTheChartIsOneOfKubernetes(t *testing.T) {
	least := map[string]int{"minimal": 26, "existing": 13, "sentinel": 26, "cluster": 26, "everything": 56}
	chart(t, func(t *testing.T, all rendered) {
		if name := filepath.Base(t.Name()); len(all.objects) < least[name] || least[name] == 0 {
			t.Errorf("%d objects", len(all.objects))
		}
		if !strings.Contains(all.notes, "chat lair admin create") {
			t.Errorf("the notes are %q", all.notes)
		}
	})
}

func TestTheChartIsCleanToTheLinter(t *testing.T) {
	chart(t, func(t *testing.T, _ rendered) {
		result := lint.AllWithKubeVersion(chartPath, valuesOf(t, filepath.Base(t.Name())), "chat", &chartutil.KubeVersion{Version: "v1.34.0", Major: "1", Minor: "34"})
		for _, m := range result.Messages {
			if m.Severity >= support.WarningSev {
				t.Error(m)
			}
		}
	})
}

func TestWrongValuesAreRefusedByTheirNames(t *testing.T) {
	for name, c := range map[string]struct{ set, want string }{
		"slip":               {"gatewy: {replicas: 2}", "gatewy"},
		"inner slip":         {"gateway: {replica: 2}", "replica"},
		"no pods":            {"auth: {replicas: 0}", "/auth/replicas"},
		"both":               {"secrets: {existing: there}", "secrets.clusterKey"},
		"level":              {"log: {level: loud}", "/log/level"},
		"sample":             {"tracing: {sample: 2}", "/tracing/sample"},
		"collector":          {"tracing: {endpoint: collector:4317}", "/tracing/endpoint"},
		"duration":           {"roomPurgeAfter: a month", "/roomPurgeAfter"},
		"foreign variable":   {"env: {PATH: /bin}", "PATH"},
		"drain":              {"gateway: {drainSeconds: 16}", "/gateway/drainSeconds"},
		"proxy":              {"gateway: {trustedProxies: [ingress]}", "/gateway/trustedProxies/0"},
		"origin":             {"gateway: {corsOrigins: [chat.example.org]}", "/gateway/corsOrigins/0"},
		"no host":            {"ingress: {enabled: true}", "ingress.host"},
		"ingress not known":  {"ingress: {enabled: true, host: chat.example.org}", "gateway.trustedProxies"},
		"tcp without key":    {"tcp: {enabled: true, tls: true}", "gateway.tlsSecret"},
		"balancer not known": {"tcp: {enabled: true, proxyProtocol: true}", "gateway.trustedProxies"},
		"port":               {"tcp: {port: 70000}", "/tcp/port"},
		"mtls without files": {"mtls: {certManager: {enabled: true, issuer: {name: x}}}", "mtls.enabled"},
		"no issuer":          {"mtls: {enabled: true, certManager: {enabled: true}}", "mtls.certManager.issuer.name"},
		"issuer":             {"mtls: {certManager: {issuer: {kind: Other}}}", "/mtls/certManager/issuer/kind"},
		"foreign secret":     {"mtls: {secrets: {lair: x}}", "lair"},
		"label":              {"dashboards: {labels: {grafana_dashboard: 1}}", "/dashboards/labels/grafana_dashboard"},
		"rule":               {"prometheusRules: {enabled: true}", "prometheusRules"},
		"upside down":        {"room: {autoscaling: {minReplicas: 9, maxReplicas: 2}}", "room.autoscaling.minReplicas"},
	} {
		t.Run(name, func(t *testing.T) {
			err := wrong(with(t, c.set))
			if err == nil || !strings.Contains(named(err), named(fmt.Errorf("%s", c.want))) {
				t.Errorf("%s: %v", c.set, err)
			}
		})
	}
}

// with returns the minimal values and others.
func with(t *testing.T, set string) map[string]any {
	t.Helper()
	var values map[string]any
	if err := yaml.Unmarshal([]byte(set), &values); err != nil {
		t.Fatal(err)
	}
	return chartutil.CoalesceTables(values, valuesOf(t, "minimal"))
}

// named writes the path of a value in one way: validators differ.
func named(err error) string {
	return strings.NewReplacer("/", ".", "'", "").Replace(strings.TrimPrefix(err.Error(), "/"))
}
