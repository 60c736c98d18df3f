// Package observability holds the tests of what Prometheus is told to look at.
package observability

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// exported are the metrics that alerts read from others than Lair Chat.
var exported = strings.Fields(`
	up process_start_time_seconds
	pg_up pg_replication_lag_seconds pg_replication_is_replica pg_replication_slot_slot_is_active pg_replication_slots_active
	pg_stat_replication_pg_wal_lsn_diff
	pg_stat_activity_count pg_settings_max_connections
	redis_up redis_connected_clients redis_config_maxclients
	node_filesystem_avail_bytes node_filesystem_size_bytes node_filesystem_readonly`)

func TestPrometheusTakesItsRulesAndTheyDoWhatTheirTestsSay(t *testing.T) {
	promtool(t, "check", "config", "prometheus/prometheus.yml")
	promtool(t, append([]string{"test", "rules"}, files(t, "prometheus/tests/*.yml")...)...)
}

func TestEachAlertIsTestedBothWaysAndHasARunbook(t *testing.T) {
	rules, tests := all(t, "prometheus/rules/*.yml"), all(t, "prometheus/tests/*.yml")
	runbooks := all(t, "../../docs/runbooks.md")
	alerts := regexp.MustCompile(`- alert: (\w+)`).FindAllStringSubmatch(rules, -1)
	if len(alerts) == 0 {
		t.Fatal("no alerts")
	}
	for _, m := range alerts {
		query := `count\(ALERTS\{alertname="` + m[1] + `",alertstate="firing"\}\)\n.*\n +exp_samples: `
		for _, samples := range []string{`\[\{labels`, `\[\]`} {
			if !regexp.MustCompile(query + samples).MatchString(tests) {
				t.Errorf("%s has no test with the samples %s", m[1], samples)
			}
		}
		if !strings.Contains(runbooks, "\n## "+m[1]+"\n") || !strings.Contains(rules, "runbooks.md#"+strings.ToLower(m[1])+"\n") {
			t.Errorf("%s has no runbook", m[1])
		}
	}
	for _, field := range []string{"severity: ", "summary: ", "description: ", "runbook_url: "} {
		if n := strings.Count(rules, field); n != len(alerts) {
			t.Errorf("%d alerts, %d times %s", len(alerts), n, field)
		}
	}
}

func TestAlertsReadMetricsThatExist(t *testing.T) {
	known := map[string]bool{}
	for _, name := range exported {
		known[name] = true
	}
	for _, m := range regexp.MustCompile("(?m)^\\| `(\\w+)`").FindAllStringSubmatch(all(t, "../../docs/metrics.md"), -1) {
		known[m[1]], known[m[1]+"_count"], known[m[1]+"_bucket"] = true, true, true
	}
	// Comments and values of labels name no metrics.
	rules := regexp.MustCompile(`(?m)^#.*$|"[^"\n]*"`).ReplaceAllString(all(t, "prometheus/rules/*.yml"), "")
	for _, name := range regexp.MustCompile(`\b(up\b|(lair|pg|redis|node|process|http|go)_\w+)`).FindAllString(rules, -1) {
		if !known[name] && !regexp.MustCompile(`http_errors`).MatchString(name) {
			t.Errorf("nobody serves %s", name)
		}
	}
}

func promtool(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), "promtool", args...).CombinedOutput(); err != nil {
		t.Fatalf("promtool %v: %v\n%s", args, err, out)
	}
}

func files(t *testing.T, pattern string) []string {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: %v, %v", pattern, names, err)
	}
	return names
}

func all(t *testing.T, pattern string) string {
	t.Helper()
	var b strings.Builder
	for _, name := range files(t, pattern) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(text)
	}
	return b.String()
}
