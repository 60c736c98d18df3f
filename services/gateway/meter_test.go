package gateway

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	"github.com/lair-chat/lair/services/gateway/internal/render"
)

func labels(t *testing.T, r *prometheus.Registry, name string) map[string]float64 {
	t.Helper()
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]float64{}
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
		for _, m := range f.GetMetric() {
			var key []string
			for _, l := range m.GetLabel() {
				key = append(key, l.GetValue())
			}
			found[strings.Join(key, " ")] = m.GetCounter().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
	}
	return found
}

func TestCodesAreAClosedSet(t *testing.T) {
	r := prometheus.NewRegistry()
	m := newMeter(r)
	for i := range 1000 {
		m.Command(t.Context(), "ping", strconv.Itoa(i), time.Millisecond)
	}
	found := labels(t, r, "lair_gateway_command_seconds")
	if len(found) != maxCodes+1 || found["other ping"] != 1000-maxCodes {
		t.Errorf("%d codes, other %v", len(found), found["other ping"])
	}
}

func TestEventsAreCountedByType(t *testing.T) {
	r := prometheus.NewRegistry()
	c := counted{render.Renderer{}, newMeter(r)}
	c.Typing(t.Context(), &eventv1.Typing{})
	c.Typing(t.Context(), &eventv1.Typing{})
	if found := labels(t, r, "lair_gateway_events_total"); len(found) != 1 || found[clientv1.TypeUserTyping] != 2 {
		t.Errorf("got %v", found)
	}
}
