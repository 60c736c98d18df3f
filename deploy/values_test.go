package deploy_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/util/validation"
	"sigs.k8s.io/yaml"

	"github.com/lair-chat/lair/pkg/process"
)

// parsed reads a file of the chart.
func parsed(t *testing.T, file string, into any) {
	t.Helper()
	if err := yaml.UnmarshalStrict([]byte(read(t, chartPath+"/"+file)), into); err != nil {
		t.Fatal(err)
	}
}

type shape struct {
	Properties map[string]shape `json:"properties"`
}

func TestValuesAndTheirSchemaNameTheSame(t *testing.T) {
	var values map[string]any
	parsed(t, "values.yaml", &values)
	var root shape
	if err := json.Unmarshal([]byte(read(t, chartPath+"/values.schema.json")), &root); err != nil {
		t.Fatal(err)
	}
	seen := 0
	var walk func(string, shape, any)
	walk = func(path string, s shape, v any) {
		seen++
		if len(s.Properties) == 0 {
			return
		}
		there, _ := v.(map[string]any)
		if a, b := slices.Sorted(maps.Keys(s.Properties)), slices.Sorted(maps.Keys(there)); !slices.Equal(a, b) && !strings.HasSuffix(path, ".resources") {
			t.Errorf("%s: the schema has %v, values.yaml %v", path, a, b)
		}
		for name, inner := range s.Properties {
			walk(path+"."+name, inner, there[name])
		}
	}
	walk("", root, values)
	if seen < 100 {
		t.Errorf("%d values", seen)
	}
}

func TestVariablesThatTheChartSetsAreRefused(t *testing.T) {
	reasons := map[string]string{}
	parsed(t, "files/variables.yaml", &reasons)
	if names := slices.Sorted(maps.Keys(reasons)); !slices.Equal(names, slices.Sorted(slices.Values(process.Names()))) {
		t.Errorf("the chart knows %v", names)
	}
	var values map[string]any
	parsed(t, "values.yaml", &values)
	for name, reason := range reasons {
		if path, ok := strings.CutPrefix(reason, "set "); ok {
			at := any(values)
			for part := range strings.SplitSeq(path, ".") {
				at = at.(map[string]any)[part]
			}
			if at == nil {
				t.Errorf("there is no %s", path)
			}
		}
		err := wrong(with(t, "env: {"+name+": 1}"))
		if reason == "" {
			if err != nil {
				t.Error(err)
			}
			continue
		}
		tells(t, err, "env."+name, reason)
	}
	tells(t, wrong(with(t, "env: {LAIR_LIMIT_MESAGES: 1}")), "env.LAIR_LIMIT_MESAGES")
	tells(t, wrong(with(t, "gateway: {env: {LAIR_LIMIT_MESAGES: 1}}")), "gateway.env.LAIR_LIMIT_MESAGES")
	tells(t, wrong(with(t, "gateway: {env: {LAIR_HTTP_PORT: 80}}")), "gateway.env.LAIR_HTTP_PORT")
	bare := valuesOf(t, "everything")
	delete(bare, "env")
	delete(bare["gateway"].(map[string]any), "env")
	all, err := render(bare)
	if err != nil {
		t.Fatal(err)
	}
	set := slices.Collect(maps.Keys(all.config(t)))
	for _, p := range all.pods() {
		for _, v := range p.spec.Containers[0].Env {
			set = append(set, v.Name)
		}
	}
	for _, name := range set {
		if reasons[name] == "" {
			t.Errorf("the chart sets %s, and env may do so, too", name)
		}
	}
}

func TestNumbersAreWrittenAsProgramsReadThem(t *testing.T) {
	all, err := render(with(t, "env: {LAIR_WS_MAX_CONNECTIONS: 2000000, LAIR_METRICS_PUBLIC: false, LAIR_START_TIMEOUT: 90s}\ngateway: {env: {LAIR_LIMIT_USER: 12345678}}"))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"LAIR_WS_MAX_CONNECTIONS": "2000000", "LAIR_METRICS_PUBLIC": "false", "LAIR_START_TIMEOUT": "90s"} {
		if got := all.config(t)[name]; got != want {
			t.Errorf("for all %s is %q", name, got)
		}
		if got := all.variable(t, "migrate", name); got != want {
			t.Errorf("for the migration %s is %q", name, got)
		}
	}
	if got := all.variable(t, "gateway", "LAIR_LIMIT_USER"); got != "12345678" {
		t.Errorf("for gateways it is %q", got)
	}
	if got := all.variable(t, "migrate", "LAIR_LOG_FORMAT"); got != "json" {
		t.Errorf("the migration logs as %q", got)
	}
}

// variable returns what the pods of a component have in their own environment.
func (r rendered) variable(t *testing.T, component, name string) string {
	t.Helper()
	all := r.find(t, map[string]string{"app.kubernetes.io/component": component}).spec.Containers[0].Env
	i := slices.IndexFunc(all, func(v corev1.EnvVar) bool { return v.Name == name })
	if i < 0 {
		t.Fatalf("%s does not have %s", component, name)
	}
	return all[i].Value
}

func TestLongNamesAreCut(t *testing.T) {
	values := valuesOf(t, "everything")
	values["fullnameOverride"] = strings.Repeat("chat-", 13)[:63]
	all, err := render(values)
	if err != nil {
		t.Fatal(err)
	}
	for _, object := range all.objects {
		about, err := meta.Accessor(object)
		if err != nil {
			t.Fatal(err)
		}
		fits := validation.IsDNS1123Subdomain
		if _, ok := object.(*corev1.Service); ok {
			fits = validation.IsDNS1035Label
		}
		if bad := fits(about.GetName()); len(bad) > 0 {
			t.Errorf("%T %s: %v", object, about.GetName(), bad)
		}
	}
}

func TestValuesThatCannotWorkAreRefusedByTheirNames(t *testing.T) {
	const renewed = "mtls: {enabled: true, certManager: {enabled: true, issuer: {name: x}, "
	for set, want := range map[string]string{
		"fullnameOverride: 1chat":                                                    "fullnameOverride",
		"fullnameOverride: Chat":                                                     "/fullnameOverride",
		"nameOverride: Lair Chat":                                                    "/nameOverride",
		"roomPurgeAfter: 23h59m":                                                     "roomPurgeAfter",
		"tracing: {endpoint: 'http://collector:4318'}":                               "networkPolicy.tracing.ports",
		"tracing: {endpoint: 'http://:4317'}":                                        "tracing.endpoint",
		"ingress: {host: 'https://chat.example.org'}":                                "/ingress/host",
		"ingress: {tlsSecret: 'a b'}":                                                "/ingress/tlsSecret",
		"gateway: {tlsSecret: Key}":                                                  "/gateway/tlsSecret",
		"mtls: {caConfigMap: 'a/b'}":                                                 "/mtls/caConfigMap",
		"tcp: {enabled: true, type: NodePort, sourceRanges: [192.0.2.0/24]}":         "tcp.sourceRanges",
		"serviceMonitor: {interval: 1.5h}":                                           "/serviceMonitor/interval",
		"serviceMonitor: {interval: ''}":                                             "/serviceMonitor/interval",
		"serviceMonitor: {enabled: true}\nnetworkPolicy: {metrics: []}":              "networkPolicy.metrics",
		"room: {autoscaling: {enabled: true}, resources: {requests: {cpu: null}}}":   "room.resources.requests.cpu",
		renewed + "duration: 720h, renewBefore: 720h}}":                              "mtls.certManager.renewBefore is not below",
		renewed + "duration: 90h, renewBefore: 100h}}":                               "mtls.certManager.renewBefore is not below",
		renewed + "duration: 59m, renewBefore: 10m}}":                                "mtls.certManager.duration",
		renewed + "duration: 90h, renewBefore: 299s}}":                               "mtls.certManager.renewBefore is below",
		"secrets: {existing: 'A B', clusterKey: '', jwtSecret: '', databaseUrl: ''}": "secrets.existing",
		"secrets: {existing: there, clusterKey: '', jwtSecret: '', databaseUrl: ''}": "secrets.redisUrl is of no use",
	} {
		t.Run(set, func(t *testing.T) {
			err := wrong(with(t, set))
			if err == nil || !strings.Contains(named(err), strings.TrimPrefix(strings.ReplaceAll(want, "/", "."), ".")) {
				t.Errorf("%v does not name %s", err, want)
			}
		})
	}
}
