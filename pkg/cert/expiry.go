package cert

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// soon is when the log begins to remind of the end of a certificate, and again
// how often it does.
const (
	soon  = 14 * 24 * time.Hour
	again = 24 * time.Hour
)

// How a certificate that is served is.
const (
	Valid       = "valid"
	ExpiresSoon = "expires_soon" // within two weeks
	Expired     = "expired"
)

// State returns how the certificate that is served now is.
func (k *Keeper) State() string {
	switch left := time.Until(k.Until()); {
	case left < 0:
		return Expired
	case left < soon:
		return ExpiresSoon
	default:
		return Valid
	}
}

// reminder is what the log was told last about the end.
type reminder struct {
	expired bool
	at      time.Time
}

// remind logs that the certificate which is served ends soon, or has ended.
func (k *Keeper) remind(ctx context.Context) {
	now, until, state := time.Now(), k.Until(), k.State()
	if state == Valid {
		k.said = reminder{}
		return
	}
	expired := state == Expired
	if k.said.expired == expired && !k.said.at.IsZero() && now.Sub(k.said.at) < again {
		return
	}
	k.said = reminder{expired, now}
	if expired {
		k.log.ErrorContext(ctx, "the certificate has expired", "until", until, "files", k.names())
		return
	}
	k.log.WarnContext(ctx, "the certificate expires soon", "until", until, "files", k.names())
}

// Meter returns the metric of when the certificate that is served expires. use
// says for whom it is: public or internal.
func (k *Keeper) Meter(use string) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name:        "lair_certificate_expiry_timestamp_seconds",
		Help:        "When the certificate that is served now expires, in Unix seconds.",
		ConstLabels: prometheus.Labels{"use": use},
	}, func() float64 { return float64(k.Until().Unix()) })
}
