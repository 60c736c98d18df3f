package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/promql/parser"
)

// exported are the metrics that are not ours: of Prometheus itself, of its Go
// library, and of the exporters in docker-compose.yml (postgres_exporter 0.17.1,
// redis_exporter 1.74.0, node_exporter 1.9.1).
var exported = strings.Fields(`
	up ALERTS
	go_goroutines go_memstats_heap_alloc_bytes go_gc_duration_seconds process_cpu_seconds_total process_resident_memory_bytes process_open_fds process_max_fds
	pg_up pg_stat_activity_count pg_stat_activity_max_tx_duration pg_settings_max_connections
	pg_stat_database_xact_commit pg_stat_database_xact_rollback pg_stat_database_deadlocks
	pg_locks_count pg_database_size_bytes pg_replication_lag_seconds pg_stat_replication_pg_wal_lsn_diff
	redis_up redis_memory_used_bytes redis_memory_max_bytes redis_commands_processed_total
	redis_connected_clients redis_evicted_keys_total redis_rejected_connections_total
	node_filesystem_avail_bytes node_filesystem_size_bytes
`)

// documented are the series of docs/metrics.md, with those that a histogram has.
func documented(t *testing.T) []string {
	t.Helper()
	page, err := os.ReadFile("../../../docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z_0-9]+)` \\| (\\w+) \\|").FindAllStringSubmatch(string(page), -1) {
		if m[2] == "histogram" {
			names = append(names, m[1]+"_bucket", m[1]+"_count", m[1]+"_sum")
			continue
		}
		names = append(names, m[1])
	}
	if len(names) < 30 {
		t.Fatalf("the page has only %d metrics", len(names))
	}
	return names
}

func TestTheDashboardsAreWhatTheProgramWrites(t *testing.T) {
	want := files()
	there, err := filepath.Glob("dashboards/*.json")
	if err != nil || len(there) != len(want) {
		t.Errorf("%d files for %d boards, %v: run make generate", len(there), len(want), err)
	}
	for name, text := range want {
		got, err := os.ReadFile(filepath.Join("dashboards", name))
		if err != nil || !bytes.Equal(got, text) || !json.Valid(got) {
			t.Errorf("%s is stale (%v): run make generate", name, err)
		}
	}
}

func TestEveryQueryIsPromQLOnMetricsThatExist(t *testing.T) {
	known := append(documented(t), exported...)
	for _, b := range boards() {
		exprs := []string{strings.TrimSuffix(strings.TrimPrefix(instances(b), "label_values("), ", instance)")}
		for _, r := range b.rows {
			for _, p := range r.panels {
				for _, q := range p.queries {
					exprs = append(exprs, q.expr)
				}
			}
		}
		for _, text := range exprs {
			expr, err := parser.ParseExpr(strings.ReplaceAll(text, "$__rate_interval", "1m"))
			if err != nil {
				t.Errorf("%s: %s: %v", b.name, text, err)
				continue
			}
			parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
				v, ok := node.(*parser.VectorSelector)
				if !ok {
					return nil
				}
				if !slices.Contains(known, v.Name) {
					t.Errorf("%s: nothing is called %s in docs/metrics.md or the list of the exporters", b.name, v.Name)
				}
				for _, m := range v.LabelMatchers {
					// Prometheus 2 keeps 1 as it is, Prometheus 3 makes 1.0 of it.
					n := wholeNumber.FindStringSubmatch(m.Value)
					if (m.Name == "le" || m.Name == "quantile") && n != nil && (!m.Matches(n[1]) || !m.Matches(n[1]+".0")) {
						t.Errorf("%s: %s fits one release of Prometheus only", b.name, m)
					}
				}
				return nil
			})
		}
	}
}

var wholeNumber = regexp.MustCompile(`^(\d+)(?:\||$)`)

// units are those of Grafana that the boards use.
var units = []string{"short", "s", "bytes", "ops", "reqps", "percentunit"}

var (
	capital   = regexp.MustCompile(`^[A-Z0-9]`)
	alertName = regexp.MustCompile(`\bLair[A-Z]\w+`)
)

func TestEveryPanelSaysWhatItIsAndWhatToDo(t *testing.T) {
	page, err := os.ReadFile("../../../docs/runbooks.md")
	if err != nil {
		t.Fatal(err)
	}
	runbooks := string(page)
	type where struct{ UID string }
	for name, text := range files() {
		var d struct {
			UID    string
			Panels []struct {
				ID                       int
				Type, Title, Description string
				Datasource               where
				FieldConfig              struct{ Defaults struct{ Unit string } }
				Targets                  []struct {
					Expr, LegendFormat string
					Datasource         where
				}
			}
		}
		if err := json.Unmarshal(text, &d); err != nil {
			t.Fatal(err)
		}
		ids, titles := map[int]bool{}, map[string]bool{}
		for _, p := range d.Panels {
			if ids[p.ID] {
				t.Errorf("%s: two panels have the id %d", name, p.ID)
			}
			ids[p.ID] = true
			if p.Type == "row" {
				continue
			}
			if titles[p.Title] || len(strings.Fields(p.Title)) < 3 || !capital.MatchString(p.Title) {
				t.Errorf("%s: %q is no question or fact of its own", name, p.Title)
			}
			titles[p.Title] = true
			// What it means, and what to do: a word or two do not say that.
			if len(strings.Fields(p.Description)) < 10 || !capital.MatchString(p.Description) || !strings.HasSuffix(p.Description, ".") {
				t.Errorf("%s: %q does not tell what to do: %q", name, p.Title, p.Description)
			}
			if !slices.Contains(units, p.FieldConfig.Defaults.Unit) || p.Datasource.UID != "${datasource}" || len(p.Targets) == 0 {
				t.Errorf("%s: %q lacks a unit, a query or the variable of the data source", name, p.Title)
			}
			for _, alert := range alertName.FindAllString(p.Description, -1) {
				if !strings.Contains(runbooks, "\n## "+alert+"\n") {
					t.Errorf("%s: %q leads to %s, which has no runbook", name, p.Title, alert)
				}
			}
			for _, q := range p.Targets {
				if q.Expr == "" || q.LegendFormat == "" || q.Datasource.UID != "${datasource}" {
					t.Errorf("%s: %q has a query without legend or data source", name, p.Title)
				}
			}
		}
	}
}
