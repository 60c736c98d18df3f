package gateway

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/lair-chat/lair/services/gateway/internal/backend"
)

// gauges returns the values of what is gathered.
func gauges(t *testing.T, r *prometheus.Registry) map[string]float64 {
	t.Helper()
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]float64{}
	for _, f := range families {
		found[f.GetName()] = f.GetMetric()[0].GetGauge().GetValue()
	}
	return found
}

func TestScrapesDoNotCountEachTime(t *testing.T) {
	counted, now := 0, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	err := errors.New("down")
	r := prometheus.NewRegistry()
	r.MustRegister(newTotals(func(ctx context.Context) (backend.Totals, error) {
		if _, bounded := ctx.Deadline(); !bounded {
			t.Error("a scrape may wait for ever")
		}
		counted++
		return backend.Totals{Users: 3, Rooms: 2, Online: int64(counted)}, err
	}, func() time.Time { return now }))
	if got := gauges(t, r); len(got) != 0 {
		t.Errorf("got %v before anything was counted", got)
	}
	now, err = now.Add(totalsFor), nil
	for range 10 {
		got := gauges(t, r)
		if got["lair_chat_total_users"] != 3 || got["lair_chat_total_rooms"] != 2 || got["lair_chat_online_users"] != 2 {
			t.Errorf("got %v", got)
		}
	}
	now, err = now.Add(totalsFor), errors.New("down")
	if got := gauges(t, r); got["lair_chat_online_users"] != 2 {
		t.Errorf("got %v while the services are away", got)
	}
	if counted != 3 {
		t.Errorf("counted %d times", counted)
	}
}
