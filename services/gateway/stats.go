package gateway

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/lair-chat/lair/pkg/tracing"
	"github.com/lair-chat/lair/services/gateway/internal/door"
)

// stats is what a gateway counts. It implements hub.Stats and session.Stats.
type stats struct {
	connections *prometheus.GaugeVec
	delivered   prometheus.Counter
	deliverTime prometheus.Histogram
	healed      prometheus.Counter
	following   prometheus.Gauge
	sendTime    prometheus.Histogram
	slowReaders prometheus.Counter
	refused     *door.Refusals
}

func newStats(r prometheus.Registerer, log *slog.Logger, queued func() float64) *stats {
	buckets := prometheus.ExponentialBuckets(0.00025, 2, 16) // to 8 s
	s := &stats{
		connections: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "lair_gateway_connections", Help: "Open connections of clients.",
		}, []string{"transport"}),
		delivered: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "lair_gateway_deliveries_total", Help: "Events handed to connections.",
		}),
		deliverTime: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "lair_gateway_deliver_seconds", Help: "From the arrival of what was sent at any gateway, or from when an event got its place, to its delivery to the connections of this pod.",
			Buckets: buckets,
		}),
		healed: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "lair_gateway_healed_events_total", Help: "Events that the bus did not bring and that were read from the database.",
		}),
		following: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "lair_gateway_sequences", Help: "Conversations and users that this pod follows.",
		}),
		sendTime: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "lair_gateway_send_seconds", Help: "From the arrival of a message to its acknowledgement.", Buckets: buckets,
		}),
		slowReaders: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "lair_gateway_slow_readers_total", Help: "Connections closed because the client did not read.",
		}),
		refused: door.NewRefusals(log),
	}
	r.MustRegister(s.connections, s.delivered, s.deliverTime, s.healed, s.following, s.sendTime, s.slowReaders, s.refused,
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "lair_gateway_queued_bytes", Help: "Bytes that wait for clients to read.",
		}, queued))
	return s
}

// Delivered implements hub.Stats.
func (s *stats) Delivered(ctx context.Context, events, clients int, since time.Duration) {
	s.delivered.Add(float64(events * clients))
	tracing.Observe(ctx, s.deliverTime, since.Seconds())
}

// Healed implements hub.Stats.
func (s *stats) Healed(events int) { s.healed.Add(float64(events)) }

// Following implements hub.Stats.
func (s *stats) Following(sequences int) { s.following.Set(float64(sequences)) }

// Sent implements session.Stats.
func (s *stats) Sent(ctx context.Context, took time.Duration) {
	tracing.Observe(ctx, s.sendTime, took.Seconds())
}

// SlowReader implements session.Stats.
func (s *stats) SlowReader() { s.slowReaders.Inc() }

// Crowded implements session.Stats.
func (s *stats) Crowded(address string) { s.refused.Add(door.User, address) }
