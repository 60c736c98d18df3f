package live

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// config is the project's own for Prometheus, but with addresses in place of names,
// and faster.
func (s *system) config(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "global: {scrape_interval: 1s, evaluation_interval: 1s}\nrule_files: [%s/*.yml]\n", s.rules(t))
	fmt.Fprintf(&b, "alerting: {alertmanagers: [{static_configs: [{targets: [%q]}]}]}\n", s.at(9093))
	fmt.Fprint(&b, "scrape_configs:\n  - job_name: lair\n    static_configs:\n")
	for _, p := range s.Programs {
		service, _, _ := strings.Cut(p.Name, "-")
		fmt.Fprintf(&b, "      - {targets: [%q], labels: {service: %s}}\n", p.Metrics, service)
	}
	for job, port := range map[string]int{"redis": 9121, "node": 9100, "prometheus": 9090} {
		fmt.Fprintf(&b, "  - {job_name: %s, static_configs: [{targets: [%q]}]}\n", job, s.at(port))
	}
	// It takes its exporter a little more than a second to find out that PostgreSQL is away.
	fmt.Fprintf(&b, "  - {job_name: postgres, scrape_interval: 2s, scrape_timeout: 2s, static_configs: [{targets: [%q]}]}\n", s.at(9187))
	return s.write(t, "prometheus.yml", []byte(b.String()))
}

// held is how long something must be wrong before it is told.
var held = regexp.MustCompile(`(?m)^( +for: ).*$`)

// rules are the project's own, windows and all. Where things are broken nobody waits for
// minutes until it is told, but a few seconds, so that one slow answer is nothing.
func (s *system) rules(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(s.dir, "rules")
	must(t, os.Mkdir(dir, 0o700))
	files, err := filepath.Glob("../prometheus/rules/*.yml")
	must(t, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		must(t, err)
		if *breaking {
			text = held.ReplaceAll(text, []byte("${1}3s"))
		}
		s.write(t, filepath.Join("rules", filepath.Base(file)), text)
	}
	return dir
}

// routes are the project's own for Alertmanager, but there is somebody who is told,
// and at once.
func (s *system) routes(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../alertmanager/alertmanager.yml")
	must(t, err)
	var all map[string]any
	must(t, yaml.Unmarshal(text, &all))
	route, receivers := all["route"].(map[string]any), all["receivers"].([]any)
	route["receiver"], route["group_wait"], route["group_interval"] = "pager", "1s", "1s"
	all["receivers"] = append(receivers, map[string]any{
		"name": "pager", "webhook_configs": []any{map[string]any{"url": s.pager.url, "send_resolved": true}},
	})
	text, err = yaml.Marshal(all)
	must(t, err)
	return s.write(t, "alertmanager.yml", text)
}

func (s *system) write(t *testing.T, name string, text []byte) string {
	t.Helper()
	file := filepath.Join(s.dir, name)
	must(t, os.WriteFile(file, text, 0o600))
	return file
}
