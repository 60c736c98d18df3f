package gateway

import (
	"net/http"
	"net/netip"

	"github.com/lair-chat/lair/services/gateway/internal/proxy"
)

// Front is what stands before the gateway, and who may come in.
type Front struct {
	TrustedProxies []netip.Prefix `env:"LAIR_TRUSTED_PROXIES" desc:"Proxies before the HTTP port, such as 10.0.0.0/8,192.0.2.1/32. Only from them X-Forwarded-For and Forwarded are believed."`
}

// client returns the address of a client.
func (f Front) client(r *http.Request) string { return proxy.Trusted(f.TrustedProxies).Client(r) }
