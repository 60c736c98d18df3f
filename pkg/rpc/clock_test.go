package rpc_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// A clock that is a minute wrong is named in the log and counted; when it is set
// right the same connection goes on.
func TestAWrongClockIsNamedAndForgiven(t *testing.T) {
	noon := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	for skew, want := range map[time.Duration]string{
		-time.Minute: `the clocks differ by 1m0s: that of the caller, \"gateway\", is behind`,
		time.Minute:  `the clocks differ by 1m0s: that of the caller, \"gateway\", is ahead`,
	} {
		log, registry, wrong := new(logged), prometheus.NewRegistry(), skew
		server, client := options(log), options(new(logged))
		server.Registry = registry
		server.Now = func() time.Time { return noon }
		client.Now = func() time.Time { return noon.Add(wrong) }
		conn := link(t, server, client, &echo{say: func(_ context.Context, s string) (string, error) { return s, nil }})
		_, err := say(t.Context(), conn, "")
		refused(t, err)
		if text := log.String(); !strings.Contains(text, want) || !strings.Contains(text, "level=WARN") {
			t.Errorf("%v: the log is %s", skew, text)
		}
		wrong = 0
		if got, err := say(t.Context(), conn, "hello"); got != "hello" || err != nil {
			t.Errorf("%v: %q, %v", skew, got, err)
		}
		const counted = `# HELP lair_rpc_server_refused_total Calls of callers that are no part of the system, by reason.
# TYPE lair_rpc_server_refused_total counter
lair_rpc_server_refused_total{reason="certificate"} 0
lair_rpc_server_refused_total{reason="clock"} 1
lair_rpc_server_refused_total{reason="proof"} 0
`
		if err := testutil.GatherAndCompare(registry, strings.NewReader(counted), "lair_rpc_server_refused_total"); err != nil {
			t.Error(err)
		}
	}
}
