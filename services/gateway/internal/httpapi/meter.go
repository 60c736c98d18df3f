package httpapi

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// oldMeters are the metrics of requests that Lair Chat 0.8 has, for who has
// graphs of them. Ours is the histogram, which can be added up over gateways.
type oldMeters struct {
	requests *prometheus.CounterVec
	duration *prometheus.SummaryVec
}

func newOldMeters(r prometheus.Registerer) oldMeters {
	labels := []string{"method", "route", "status"}
	m := oldMeters{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "http_requests_total", Help: "Requests, as Lair Chat 0.8 counts them.",
		}, labels),
		duration: prometheus.NewSummaryVec(prometheus.SummaryOpts{
			Name: "http_request_duration_seconds", Help: "How long requests took, as Lair Chat 0.8 shows it.",
			Objectives: map[float64]float64{0: 0, .5: .05, .9: .01, .95: .005, .99: .001, .999: .0001, 1: 0},
		}, labels),
	}
	if r != nil {
		r.MustRegister(m.requests, m.duration)
	}
	return m
}

func (m oldMeters) served(method, route string, status int, took time.Duration) {
	labels := []string{method, route, strconv.Itoa(status)}
	m.requests.WithLabelValues(labels...).Inc()
	m.duration.WithLabelValues(labels...).Observe(took.Seconds())
}
