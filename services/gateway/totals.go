package gateway

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/lair-chat/lair/services/gateway/internal/backend"
)

const (
	// totalsFor is how long counts are shown before they are made anew: counting
	// costs the database something, and scrapes are many.
	totalsFor = 15 * time.Second
	// totalsTime bounds the counting, and so a scrape.
	totalsTime = 2 * time.Second
)

// totals are the gauges of Lair Chat 0.8. They are counted when somebody
// scrapes, but not again too soon: nobody who does not look costs anything.
type totals struct {
	count func(context.Context) (backend.Totals, error)
	now   func() time.Time

	users, rooms, online *prometheus.Desc

	mu   sync.Mutex
	next time.Time // when to count again
	last *backend.Totals
}

func newTotals(count func(context.Context) (backend.Totals, error), now func() time.Time) *totals {
	desc := func(name, help string) *prometheus.Desc { return prometheus.NewDesc(name, help, nil, nil) }
	return &totals{
		count: count, now: now,
		users:  desc("lair_chat_total_users", "Users in all, the same on every gateway."),
		rooms:  desc("lair_chat_total_rooms", "Rooms in all, the same on every gateway."),
		online: desc("lair_chat_online_users", "Users who are online anywhere, the same on every gateway."),
	}
}

// Describe implements prometheus.Collector.
func (t *totals) Describe(to chan<- *prometheus.Desc) { to <- t.users; to <- t.rooms; to <- t.online }

// Collect implements prometheus.Collector. What could not be counted is shown
// as it was; before it was counted once it is left out.
func (t *totals) Collect(to chan<- prometheus.Metric) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if now := t.now(); !now.Before(t.next) {
		t.next = now.Add(totalsFor) // also after a failure
		ctx, cancel := context.WithTimeout(context.Background(), totalsTime)
		if n, err := t.count(ctx); err == nil {
			t.last = &n
		}
		cancel()
	}
	if t.last == nil {
		return
	}
	to <- prometheus.MustNewConstMetric(t.users, prometheus.GaugeValue, float64(t.last.Users))
	to <- prometheus.MustNewConstMetric(t.rooms, prometheus.GaugeValue, float64(t.last.Rooms))
	to <- prometheus.MustNewConstMetric(t.online, prometheus.GaugeValue, float64(t.last.Online))
}

// online counts the users of this gateway.
func (g *Gateway) online() prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "lair_gateway_online_users", Help: "Users who are connected to this gateway.",
	}, func() float64 { return float64(g.attendance.Count()) })
}
