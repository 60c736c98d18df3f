package gateway

import (
	"errors"
	"net/http"
	"net/netip"
	"time"

	"github.com/lair-chat/lair/services/gateway/internal/origin"
	"github.com/lair-chat/lair/services/gateway/internal/policy"
	"github.com/lair-chat/lair/services/gateway/internal/proxy"
)

// Front is what stands before the gateway, and who may come in.
type Front struct {
	TrustedProxies []netip.Prefix `env:"LAIR_TRUSTED_PROXIES" desc:"Proxies before the HTTP port, such as 10.0.0.0/8,192.0.2.1/32. Only from them X-Forwarded-For and Forwarded are believed."`
	Origins        []string       `env:"LAIR_CORS_ORIGINS" desc:"Origins of web pages that may use the API and WebSockets, such as https://chat.example, beside pages of the gateway's own host; * is any."`
	WSMax          uint32         `env:"LAIR_WS_MAX_CONNECTIONS" envDefault:"100000" desc:"WebSockets at once; those beyond are refused with 503. 0 is no limit."`
	AddressMax     uint32         `env:"LAIR_ADDRESS_MAX_CONNECTIONS" envDefault:"1000" desc:"Connections at once from one address, of both kinds; of IPv6 from each /64. 0 is no limit."`
	HSTS           time.Duration  `env:"LAIR_HSTS_MAX_AGE" envDefault:"0s" desc:"How long browsers that came with TLS shall come with nothing else (Strict-Transport-Security), such as 8760h; 0s does not say."`
	UserMax        uint32         `env:"LAIR_USER_MAX_CONNECTIONS" envDefault:"100" desc:"Connections at once of one user to one gateway. 0 is no limit."`
}

// Validate returns an error that names the variable with a value of no use.
func (f *Front) Validate() error {
	for _, s := range f.Origins {
		if !origin.Valid(s) {
			return errors.New("LAIR_CORS_ORIGINS must be origins such as https://chat.example, or *")
		}
	}
	if f.HSTS < 0 {
		return errors.New("LAIR_HSTS_MAX_AGE must not be negative")
	}
	return nil
}

// client returns the address of a client.
func (f Front) client(r *http.Request) string { return proxy.Trusted(f.TrustedProxies).Client(r) }

// secure reports whether a client came with TLS.
func (f Front) secure(r *http.Request) bool { return proxy.Trusted(f.TrustedProxies).Secure(r) }

// pin tells browsers to come with TLS only, if that is wanted.
func (f Front) pin(next http.Handler) http.Handler {
	if f.HSTS == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f.secure(r) {
			policy.Encrypted(w.Header(), f.HSTS)
		}
		next.ServeHTTP(w, r)
	})
}

// scraped puts /metrics before next, if it is public.
func (n *Needs) scraped(next http.Handler) http.Handler {
	if !n.Config.MetricsPublic || n.Metrics == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/metrics" && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
			n.Metrics.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}
