package gateway

import (
	"context"
	"reflect"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/lair-chat/lair/pkg/tracing"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	"github.com/lair-chat/lair/services/gateway/internal/hub"
)

// meter counts commands by type and code, and events by type. Both sets are
// closed: types are those that the decoder knows, codes those of our services.
// It implements session.Meter.
type meter struct {
	commands *prometheus.HistogramVec
	events   *prometheus.CounterVec

	mu    sync.Mutex
	codes map[string]bool
}

// maxCodes bounds the codes, whatever the services say.
const maxCodes = 100

func newMeter(r prometheus.Registerer) *meter {
	m := &meter{
		commands: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "lair_gateway_command_seconds", Help: "From the arrival of a command on a socket to its answer, by type and code of the answer.",
			Buckets: []float64{.001, .0025, .01, .025, .1, .25, 1, 2.5, 10},
		}, []string{"command", "code"}),
		events: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lair_gateway_events_total", Help: "Events that this pod had for its clients, each once, by type.",
		}, []string{"type"}),
		codes: map[string]bool{},
	}
	r.MustRegister(m.commands, m.events)
	return m
}

// Command implements session.Meter.
func (m *meter) Command(ctx context.Context, kind, code string, took time.Duration) {
	tracing.Observe(ctx, m.commands.WithLabelValues(kind, m.known(code)), took.Seconds())
}

func (m *meter) known(code string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.codes[code] {
		if len(m.codes) >= maxCodes {
			return "other"
		}
		m.codes[code] = true
	}
	return code
}

// counted is an encoder that counts what it encodes.
type counted struct {
	hub.Encoder
	meter *meter
}

func (c counted) count(frame any) any {
	kind := "other"
	if v := reflect.Indirect(reflect.ValueOf(frame)); v.Kind() == reflect.Struct {
		if f := v.FieldByName("Type"); f.Kind() == reflect.String {
			kind = f.String()
		}
	}
	c.meter.events.WithLabelValues(kind).Inc()
	return frame
}

// Event implements hub.Encoder.
func (c counted) Event(ctx context.Context, e *hub.Event) (v any, plain bool) {
	v, plain = c.Encoder.Event(ctx, e)
	return c.count(v), plain
}

// Typing implements hub.Encoder.
func (c counted) Typing(ctx context.Context, t *eventv1.Typing) any {
	return c.count(c.Encoder.Typing(ctx, t))
}

// Presence implements hub.Encoder.
func (c counted) Presence(ctx context.Context, p *eventv1.PresenceChange) any {
	return c.count(c.Encoder.Presence(ctx, p))
}
