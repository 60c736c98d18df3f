package door_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/lair-chat/lair/services/gateway/internal/door"
)

func TestEachRefusalIsCountedFromZero(t *testing.T) {
	f := door.NewRefusals(slog.New(slog.DiscardHandler))
	if n := testutil.CollectAndCount(f, "lair_gateway_refused_connections_total"); n != 5 {
		t.Errorf("%d reasons before anything happened", n)
	}
	for i, reason := range []door.Reason{door.Gateway, door.Address, door.User, door.Origin, door.Proxy} {
		for range i + 1 {
			f.Add(reason, "192.0.2.1")
		}
	}
	var want strings.Builder
	want.WriteString("# HELP lair_gateway_refused_connections_total Connections of clients that were refused, by reason.\n" +
		"# TYPE lair_gateway_refused_connections_total counter\n")
	for i, reason := range []string{"gateway", "address", "user", "origin", "proxy"} {
		fmt.Fprintf(&want, "lair_gateway_refused_connections_total{reason=%q} %d\n", reason, i+1)
	}
	if err := testutil.CollectAndCompare(f, strings.NewReader(want.String())); err != nil {
		t.Error(err)
	}
}

func TestTheLogHearsOfEachReasonOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		f := door.NewRefusals(slog.New(slog.NewTextHandler(&log, nil)))
		lines := func() []string {
			defer log.Reset()
			return strings.Split(strings.TrimSuffix(log.String(), "\n"), "\n")
		}
		for range 1000 {
			f.Add(door.Address, "10.0.0.1")
		}
		f.Add(door.Proxy, "10.0.0.2", "err", "no header")
		got := lines()
		if len(got) != 2 || !strings.Contains(got[0], "level=WARN") || !strings.Contains(got[0], "address=10.0.0.1") ||
			!strings.Contains(got[0], "LAIR_TRUSTED_PROXIES") || !strings.Contains(got[1], `err="no header"`) {
			t.Errorf("got %q", got)
		}
		<-time.After(59 * time.Second)
		f.Add(door.Address, "10.0.0.3")
		if got := lines(); got[0] != "" {
			t.Errorf("got %q within a minute", got)
		}
		<-time.After(time.Second)
		f.Add(door.Address, "10.0.0.4")
		if got := lines(); len(got) != 1 || !strings.Contains(got[0], "address=10.0.0.4") || !strings.Contains(got[0], "more_since_last_line=1000") {
			t.Errorf("got %q", got)
		}
	})
}

func TestRefusalsThatNobodyCountsDoNothing(t *testing.T) {
	var f *door.Refusals
	f.Add(door.Gateway, "192.0.2.1")
}
