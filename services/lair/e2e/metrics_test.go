package e2e

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	lair "github.com/lair-chat/lair/clients/go"
	"github.com/lair-chat/lair/pkg/testkit/pgserver"
	"github.com/lair-chat/lair/pkg/testkit/redisserver"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/lair/internal/cluster"
)

// family is one metric: its type and its labels with their values.
type family struct {
	kind   string
	labels map[string]map[string]bool
}

// names returns the labels as the manual lists them.
func (f family) names() string { return strings.Join(slices.Sorted(maps.Keys(f.labels)), " ") }

var (
	rowOfTable = regexp.MustCompile("^\\| `([a-z_]+)` \\| (\\w+) \\| ([^|]*)\\|")
	word       = regexp.MustCompile("`([a-z_]+)`")
	typeLine   = regexp.MustCompile(`^# TYPE (\S+) (\S+)$`)
	sample     = regexp.MustCompile(`^([a-z_]+)(?:\{(.*)\})? (\S+)$`)
	label      = regexp.MustCompile(`([a-z_]+)="((?:[^"\\]|\\.)*)"`)
)

// manual reads docs/metrics.md.
func manual(t *testing.T) map[string]family {
	t.Helper()
	text, err := os.ReadFile("../../../docs/metrics.md")
	must(t, err)
	found := map[string]family{}
	for line := range strings.Lines(string(text)) {
		row := rowOfTable.FindStringSubmatch(line)
		if row == nil {
			continue
		}
		f := family{row[2], map[string]map[string]bool{}}
		for _, w := range word.FindAllStringSubmatch(row[3], -1) {
			f.labels[w[1]] = nil
		}
		found[row[1]] = f
	}
	return found
}

// scrape reads the public /metrics of a gateway, but what the library makes.
func scrape(t *testing.T, g *cluster.Gateway) map[string]family {
	t.Helper()
	status, text := get(t, g.HTTP+"/metrics")
	if status != http.StatusOK {
		t.Fatalf("/metrics is answered with %d", status)
	}
	found := map[string]family{}
	name := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if m := typeLine.FindStringSubmatch(line); m != nil {
			if name = m[1]; !strings.HasPrefix(name, "go_") && !strings.HasPrefix(name, "process_") {
				found[name] = family{m[2], map[string]map[string]bool{}}
			}
			continue
		}
		f, ours := found[name]
		m := sample.FindStringSubmatch(line)
		if m == nil || !ours {
			continue
		}
		for _, l := range label.FindAllStringSubmatch(m[2], -1) {
			if l[1] == "le" || l[1] == "quantile" {
				continue
			}
			if f.labels[l[1]] == nil {
				f.labels[l[1]] = map[string]bool{}
			}
			f.labels[l[1]][l[2]] = true
		}
	}
	return found
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(soon(t), http.MethodGet, url, nil)
	must(t, err)
	resp, err := http.DefaultClient.Do(req)
	must(t, err)
	defer resp.Body.Close() // it is read
	text, err := io.ReadAll(resp.Body)
	must(t, err)
	return resp.StatusCode, string(text)
}

// bounds are how many values a label may have, whatever clients do.
var bounds = map[string]int{
	"service": 1, "version": 1, "go_version": 1, "transport": 2, "state": 4, "pool": 2, "schema": 4, "of": 2, "dependency": 5, "reason": 5, "use": 2,
	"method": 80, "route": 80, "status": 20, "command": 40, "type": 40, "code": 100,
}

// traffic makes a system count: what is good, what is bad, and what nobody knows.
func traffic(t *testing.T, s *system) {
	t.Helper()
	ann, bob := register(t, s.first(), "ann"), register(t, s.first(), "bob")
	hall := room(t, ann, bob)
	a, b := ann.tcp(t), bob.ws(t)
	a.say(clientv1.ToRoom(hall), "hi")
	b.hears(hall.Conversation(), "hi")
	if _, err := a.Send(soon(t), lair.Draft{Target: clientv1.ToRoom(hall)}); err == nil {
		t.Error("an empty message was sent")
	}
	for i := range 200 {
		get(t, fmt.Sprintf("%s/nobody/knows/%d", s.first().HTTP, i))
		get(t, fmt.Sprintf("%s/api/v1/rooms/%d", s.first().HTTP, i))
	}
	old := oldWS(t, s.first())
	for i := range 200 {
		old.say(`{"type":"nobody_knows_%d"}`, i)
	}
	old.ping()
}

// inPublic shows the metrics to the tests.
func inPublic(start func(context.Context, cluster.Options) (*cluster.System, error), env ...string) func(context.Context, cluster.Options) (*cluster.System, error) {
	return func(ctx context.Context, o cluster.Options) (*cluster.System, error) {
		o.Env = append(append(o.Env, "LAIR_METRICS_PUBLIC=true"), env...)
		return start(ctx, o)
	}
}

func TestTheManualNamesAllMetricsThatSystemsServe(t *testing.T) {
	pg, err := pgserver.Start(t.Context(), pgserver.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, pg.Stop()) })
	redis, err := redisserver.Start(t.Context())
	must(t, err)
	t.Cleanup(func() { must(t, redis.Stop()) })

	documented, seen := manual(t), map[string]bool{}
	for _, kind := range []struct {
		name  string
		start func(context.Context, cluster.Options) (*cluster.System, error)
	}{
		{"One", inPublic(cluster.One)},
		{"OneOnPostgreSQLAndRedis", inPublic(cluster.One, "LAIR_DATABASE_URL="+pg.URL("postgres"), "LAIR_REDIS_URL="+redis.URL())},
		{"Many", inPublic(cluster.Many)},
	} {
		t.Run(kind.name, func(t *testing.T) {
			s := begin(t, kind.start)
			traffic(t, s)
			for name, got := range scrape(t, s.first()) {
				seen[name] = true
				want, ok := documented[name]
				if !ok {
					t.Errorf("%s is not in docs/metrics.md", name)
					continue
				}
				if got.kind != want.kind || got.names() != want.names() {
					t.Errorf("%s is a %s by %q, and in docs/metrics.md a %s by %q", name, got.kind, got.names(), want.kind, want.names())
				}
				for l, values := range got.labels {
					if most, ok := bounds[l]; !ok || len(values) > most {
						t.Errorf("%s has %d values of %s: %v", name, len(values), l, values)
					}
				}
			}
		})
	}
	for name := range documented {
		if !seen[name] {
			t.Errorf("%s is in docs/metrics.md, but no system serves it", name)
		}
	}
}

// What 0.8 shows is the same on all gateways, and says what there is.
func TestTotalsAreThoseOfTheSystem(t *testing.T) {
	for _, kind := range starters {
		t.Run(kind.name, func(t *testing.T) {
			s := begin(t, inPublic(kind.start))
			ann, bob := register(t, s.first(), "ann"), register(t, s.first(), "bob")
			room(t, ann, bob)
			for _, g := range []*cluster.Gateway{s.first(), s.last()} {
				_, text := get(t, g.HTTP+"/metrics")
				for _, line := range []string{"lair_chat_total_users 2", "lair_chat_total_rooms 1", "lair_chat_online_users 0"} {
					if !strings.Contains(text, "\n"+line+"\n") {
						t.Errorf("%s is not in the metrics", line)
					}
				}
			}
		})
	}
}

func TestMetricsAreNotPublicUnlessTheyAreMeantToBe(t *testing.T) {
	s := begin(t, cluster.One)
	if status, _ := get(t, s.first().HTTP+"/metrics"); status != http.StatusNotFound {
		t.Errorf("status %d", status)
	}
}
