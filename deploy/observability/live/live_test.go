// Package live asks a real Prometheus, which reads a running system and the real
// exporters of its databases, everything that dashboards and alerts ask.
package live

import (
	"context"
	"encoding/json"
	"flag"
	"math"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// silent are the panels that have nothing to show on the system of the test, by
// title, and why. One that does show something must not be in here.
var silent = map[string]string{
	"How far behind are replicas?":       "there is no replica",
	"How long does one wait for SQLite?": "it is for lair serve",

	"How much room does lair serve have for its data?": "it is for lair serve",
}

// unseen are selectors of alerts for which there is nothing, and why.
var unseen = map[string]string{
	`lair_data_free_bytes`: "it is for lair serve",
	`lair_rpc_client_handled_seconds_count{code="Unavailable"}`: "everybody can be reached",
	`pg_replication_lag_seconds{job="postgres"}`:                "Debian's exporter is older than the one of docker-compose.yml",
	`pg_replication_is_replica{job="postgres"}`:                 "Debian's exporter is older than the one of docker-compose.yml",
	`pg_replication_slot_slot_is_active{job="postgres"}`:        "there is no slot",
	`pg_replication_slots_active{job="postgres"}`:               "there is no slot",

	`pg_stat_replication_pg_wal_lsn_diff{application_name!="pg_basebackup",job="postgres"}`: "there is no replica",

	`up{job="balancer"}`:                             "there is no load balancer",
	`up{job="entrance"}`:                             "there is no load balancer",
	`probe_success{job="entrance"}`:                  "there is no load balancer",
	`probe_ssl_earliest_cert_expiry{job="entrance"}`: "there is no load balancer",
}

// breaking is for whoever has minutes: parts are broken, and what is told is judged by
// its time, which wants a machine that does nothing else.
var breaking = flag.Bool("break", false, "break the system, too, and see what is told")

func TestPanelsAndAlertsOnARealPrometheus(t *testing.T) {
	s := begin(t)
	s.chat(t)
	t.Run("panels", func(t *testing.T) {
		for _, p := range panels(t) {
			got := s.ask(t, p.expr)
			switch why, ok := silent[p.title]; {
			case ok && got:
				t.Errorf("%s: %q shows something, though %s", p.board, p.title, why)
			case !ok && !got:
				t.Errorf("%s: %q shows nothing: %s", p.board, p.title, p.expr)
			}
		}
	})
	t.Run("alerts", func(t *testing.T) {
		for _, a := range alerts(t) {
			for _, selector := range a.selectors {
				switch why, ok := unseen[selector]; {
				case ok && s.ask(t, selector):
					t.Errorf("%s is there, though %s", selector, why)
				case !ok && !s.ask(t, selector):
					t.Errorf("%s: there is nothing like %s", a.name, selector)
				}
			}
		}
		for _, a := range s.active(t) {
			if a.fires() {
				t.Errorf("%v fires though all is well", a)
			}
		}
	})
	if *breaking {
		t.Run("faults", s.breaks)
	}
}

type panel struct{ board, title, expr string }

// panels returns the queries of all dashboards with their variables filled in.
func panels(t *testing.T) []panel {
	t.Helper()
	files, err := filepath.Glob("../grafana/dashboards/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("%v, %v", files, err)
	}
	fill := strings.NewReplacer("$__rate_interval", "15s", "$instance", ".*")
	var found []panel
	for _, file := range files {
		text, err := os.ReadFile(file)
		must(t, err)
		var board struct {
			Title  string
			Panels []struct {
				Title   string
				Targets []struct{ Expr string }
			}
		}
		must(t, json.Unmarshal(text, &board))
		for _, p := range board.Panels {
			for _, q := range p.Targets {
				found = append(found, panel{board.Title, p.Title, fill.Replace(q.Expr)})
			}
		}
	}
	return found
}

type alert struct {
	name      string
	selectors []string
	windowed  bool // it looks at what happened over some minutes
}

// alerts returns what each alert looks at, without the comparison and without the
// failures that it is about.
func alerts(t *testing.T) []alert {
	t.Helper()
	var text strings.Builder
	files, err := filepath.Glob("../prometheus/rules/*.yml")
	must(t, err)
	for _, file := range files {
		b, err := os.ReadFile(file)
		must(t, err)
		text.Write(b)
	}
	rules := regexp.MustCompile(`(?m)- (?:alert|record): (\S+)\n +expr: \|-\n((?: {10}.*\n)+)`).FindAllStringSubmatch(text.String(), -1)
	if len(rules) < 20 {
		t.Fatalf("only %d rules are found", len(rules))
	}
	var found []alert
	for _, r := range rules {
		expr, err := parser.ParseExpr(r[2])
		must(t, err)
		a := alert{name: r[1]}
		parser.Inspect(expr, func(node parser.Node, path []parser.Node) error {
			if v, ok := node.(*parser.VectorSelector); ok && !absent(path) {
				a.selectors = append(a.selectors, v.String())
				a.windowed = a.windowed || strings.HasPrefix(v.Name, "lair:")
			}
			if c, ok := node.(*parser.Call); ok {
				a.windowed = a.windowed || slices.Contains([]string{"rate", "increase", "changes"}, c.Func.Name)
			}
			return nil
		})
		found = append(found, a)
	}
	return found
}

// absent reports whether somebody asks that there is nothing.
func absent(path []parser.Node) bool {
	for _, n := range path {
		if c, ok := n.(*parser.Call); ok && strings.HasPrefix(c.Func.Name, "absent") {
			return true
		}
	}
	return false
}

// ask reports whether a query has an answer in which there is a number.
func (s *system) ask(t *testing.T, expr string) bool {
	t.Helper()
	var answer struct {
		Error string
		Data  struct {
			Result []struct{ Value [2]any }
		}
	}
	s.get(t, "/api/v1/query?query="+url.QueryEscape(expr), &answer)
	if answer.Error != "" {
		t.Errorf("%s: %s", expr, answer.Error)
	}
	for _, r := range answer.Data.Result {
		text, _ := r.Value[1].(string)
		if v, err := strconv.ParseFloat(text, 64); err == nil && !math.IsNaN(v) {
			return true
		}
	}
	return false
}

// active is an alert that fires, or is about to.
type active struct {
	State               string
	Labels, Annotations map[string]string
}

// fires reports whether it is told. The disk of this machine may well be full.
func (a active) fires() bool { return a.State == "firing" && a.Labels["job"] != "node" }

// String implements fmt.Stringer.
func (a active) String() string { return labels.FromMap(a.Labels).String() }

func (s *system) active(t *testing.T) []active {
	t.Helper()
	var answer struct {
		Data struct{ Alerts []active }
	}
	s.get(t, "/api/v1/alerts", &answer)
	return answer.Data.Alerts
}

func (s *system) get(t *testing.T, path string, into any) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.prometheus+path, nil)
	must(t, err)
	resp, err := http.DefaultClient.Do(req)
	must(t, err)
	defer resp.Body.Close() // it is read
	must(t, json.NewDecoder(resp.Body).Decode(into))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
