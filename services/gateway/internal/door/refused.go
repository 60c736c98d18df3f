package door

import (
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Reason is why a connection is refused.
type Reason string

// The reasons are a closed set: they are labels of a metric.
const (
	Gateway Reason = "gateway" // the gateway has as many connections as it may
	Address Reason = "address" // the address has
	User    Reason = "user"    // the user has
	Origin  Reason = "origin"  // the page that asks is of another host
	Proxy   Reason = "proxy"   // a trusted proxy does not say who the client is
)

// settings are what decides, for whom the log tells of refused connections.
var settings = map[Reason]string{
	Gateway: "LAIR_WS_MAX_CONNECTIONS, LAIR_TCP_MAX_CONNECTIONS",
	Address: "LAIR_ADDRESS_MAX_CONNECTIONS, LAIR_TRUSTED_PROXIES",
	User:    "LAIR_USER_MAX_CONNECTIONS",
	Origin:  "LAIR_CORS_ORIGINS",
	Proxy:   "LAIR_TCP_PROXY_PROTOCOL",
}

// quietFor is how long the log says nothing more of a reason: who is refused comes
// again and again, and thousands may be.
const quietFor = time.Minute

// Refusals counts the connections that are refused, and tells the log of some.
// Nil Refusals do neither. They are safe for concurrent use.
type Refusals struct {
	*prometheus.CounterVec
	log *slog.Logger

	mu   sync.Mutex
	told map[Reason]*told
}

// told is when the log heard of a reason, and what it did not hear since.
type told struct {
	at      time.Time
	omitted int
}

// NewRefusals returns refusals that count from 0 for each reason.
func NewRefusals(log *slog.Logger) *Refusals {
	f := &Refusals{
		CounterVec: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lair_gateway_refused_connections_total", Help: "Connections of clients that were refused, by reason.",
		}, []string{"reason"}),
		log: log, told: map[Reason]*told{},
	}
	for reason := range settings {
		f.WithLabelValues(string(reason))
		f.told[reason] = &told{}
	}
	return f
}

// Add counts a connection of the address that is refused. The log is told of the
// first one, and then at most once a minute, with more about the one at hand.
func (f *Refusals) Add(reason Reason, address string, more ...any) {
	if f == nil {
		return
	}
	f.WithLabelValues(string(reason)).Inc()
	f.mu.Lock()
	last, now := f.told[reason], time.Now()
	if !last.at.IsZero() && now.Sub(last.at) < quietFor {
		last.omitted++
		f.mu.Unlock()
		return
	}
	omitted := last.omitted
	*last = told{at: now}
	f.mu.Unlock()
	f.log.Warn("a connection is refused", append([]any{
		"reason", string(reason), "address", address, "setting", settings[reason], "more_since_last_line", omitted,
	}, more...)...)
}
