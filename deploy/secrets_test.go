package deploy_test

import (
	"fmt"
	"log"
	"os"
	"slices"
	"strings"
	"testing"

	helmchart "helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/fake"
	"k8s.io/client-go/kubernetes/scheme"
)

// A secret that is wrong holds this, which nobody must read in a message.
const private = "hunter2"

// unfit are secrets that cannot be used, by their keys.
var unfit = map[string][]string{
	"cluster-key": {private},
	"jwt-secret":  {private + strings.Repeat("\n", 9)},
	"database-url": {
		"mysql://lair:hunter2@db/lair", "sqlite:hunter2.db", "postgres:/lair:hunter2@db/lair", " postgres://lair:hunter2@db/lair",
		"postgres:///hunter2", "postgres://lair:hunter2/hunter2@db/lair", "postgres://lair:77#hunter2@db/lair",
		"postgres://lair:hunter2@db:6432/lair", "postgres://lair:hunter2@db-0:5432,db-1:6432/lair", "postgres://lair:hunter2@[::1]:6432/lair",
	},
	"redis-url": {
		"redis+other://:hunter2@redis:6379", "redis:hunter2@redis", "redis://:hunter2@", "redis://:hunter2?@redis:6379", "redis://:hunter2@:6379",
		"rediss://:hunter2@redis:6380", "redis+sentinel://:hunter2@a:26379,b:26379/main", "redis+cluster://:hunter2@a:6379,b:7000",
	},
}

var valueOf = map[string]string{"cluster-key": "clusterKey", "jwt-secret": "jwtSecret", "database-url": "databaseUrl", "redis-url": "redisUrl"}

func TestSecretsThatAreWrongAreNamedAndNotSaid(t *testing.T) {
	var warnings strings.Builder
	log.SetOutput(&warnings)
	defer log.SetOutput(os.Stderr)
	refused := func(t *testing.T, secret any, key string, want ...string) {
		t.Helper()
		values := valuesOf(t, "minimal")
		values["secrets"].(map[string]any)[valueOf[key]] = secret
		tells(t, wrong(values), append(want, "secrets."+valueOf[key])...)
	}
	for key, all := range unfit {
		for _, secret := range all {
			t.Run(key+" "+secret, func(t *testing.T) { refused(t, secret, key) })
		}
		t.Run(key+" of another type", func(t *testing.T) {
			refused(t, map[string]any{"url": private}, key)
			refused(t, []any{private}, key)
		})
		t.Run("no "+key, func(t *testing.T) { refused(t, "", key, "is not set", "secrets.existing") })
	}
	t.Run("all of another type", func(t *testing.T) {
		values := valuesOf(t, "minimal")
		values["secrets"] = "postgres://lair:hunter2@db/lair"
		tells(t, wrong(values), "secrets")
	})
	if strings.Contains(warnings.String(), private) {
		t.Errorf("a secret is in %s", &warnings)
	}
}

// wrong is what the chart has against values. It renders no more than it takes to say so.
func wrong(values map[string]any) error {
	c, top, err := checked(values)
	if err == nil {
		_, err = engine.Engine{}.Render(c, top)
	}
	return err
}

// checked returns the chart with the template only that looks at values.
func checked(values map[string]any) (*helmchart.Chart, chartutil.Values, error) {
	c, top, err := merged(values)
	if err != nil {
		return nil, nil, err
	}
	short := *c
	short.Templates = slices.DeleteFunc(slices.Clone(c.Templates), func(f *helmchart.File) bool {
		return !strings.HasSuffix(f.Name, ".tpl") && f.Name != "templates/check.yaml"
	})
	return &short, top, nil
}

// tells holds that an error names something, and says no secret.
func tells(t *testing.T, err error, want ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("it is taken")
	}
	for _, w := range want {
		if !strings.Contains(named(err), w) {
			t.Errorf("%s is not in %v", w, err)
		}
	}
	if strings.Contains(err.Error(), private) {
		t.Errorf("a secret is in %v", err)
	}
}

// cluster is what Helm asks while it installs.
type cluster struct{ client dynamic.Interface }

func (c cluster) GetClientFor(_, kind string) (dynamic.NamespaceableResourceInterface, bool, error) {
	return c.client.Resource(schema.GroupVersionResource{Version: "v1", Resource: strings.ToLower(kind) + "s"}), true, nil
}

// install renders the values existing in a cluster whose namespace has a Secret.
func install(t *testing.T, name string, data map[string][]byte) error {
	t.Helper()
	c, top, err := checked(valuesOf(t, "existing"))
	if err != nil {
		t.Fatal(err)
	}
	top["Values"].(chartutil.Values)["networkPolicy"].(map[string]any)["enabled"] = true
	there := []runtime.Object{
		&corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "default", Namespace: "chat"}},
		&corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "chat"}, Data: data},
	}
	_, err = engine.RenderWithClientProvider(c, top, cluster{fake.NewSimpleDynamicClient(scheme.Scheme, there...)})
	return err
}

// fit are secrets that can be used.
func fit() map[string][]byte {
	return map[string][]byte{
		"cluster-key": []byte(strings.Repeat("k", 32)), "jwt-secret": []byte(strings.Repeat("j", 32) + "\n"),
		"database-url": []byte("postgres://lair:hunter2@db-0,db-1:5432/lair?sslmode=verify-full\n"), "redis-url": []byte("redis://:hunter2@redis"),
	}
}

func TestASecretThatIsThereIsLookedInto(t *testing.T) {
	if err := install(t, "lair-secrets", fit()); err != nil {
		t.Fatal(err)
	}
	tells(t, install(t, "lair-secret", fit()), "secrets.existing", "lair-secrets", "chat")
	tells(t, install(t, "lair-secrets", nil), "of the Secret lair-secrets is not set")
	for key, all := range unfit {
		t.Run("no "+key, func(t *testing.T) {
			data := fit()
			delete(data, key)
			tells(t, install(t, "lair-secrets", data), fmt.Sprintf("the key %s of the Secret lair-secrets is not set", key))
		})
		for _, secret := range all {
			t.Run(key+" "+secret, func(t *testing.T) {
				data := fit()
				data[key] = []byte(secret)
				tells(t, install(t, "lair-secrets", data), "the key "+key+" of the Secret lair-secrets")
			})
		}
	}
}

// A pod that waits for a key of a Secret has no log.
func TestAPodStartsWithoutASecretAndSaysSo(t *testing.T) {
	chart(t, func(t *testing.T, all rendered) {
		for _, p := range all.pods() {
			mounted := false
			for _, v := range p.spec.Volumes {
				mounted = mounted || v.Name == "secrets" && v.Secret.Optional != nil && *v.Secret.Optional
			}
			if !mounted {
				t.Errorf("%s waits for its secrets", p.name)
			}
		}
	})
}
