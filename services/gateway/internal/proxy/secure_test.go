package proxy_test

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/lair-chat/lair/services/gateway/internal/proxy"
)

func TestOnlyATrustedProxyCanVouchForTLS(t *testing.T) {
	type headers = http.Header
	for name, tt := range map[string]struct {
		peer string
		tls  bool
		h    headers
		want bool
	}{
		"Plain":            {"192.0.2.1:4711", false, nil, false},
		"TLS":              {"192.0.2.1:4711", true, nil, true},
		"PlainAndLying":    {"192.0.2.1:4711", false, headers{"X-Forwarded-Proto": {"https"}, "Forwarded": {"proto=https"}}, false},
		"TLSAndLying":      {"192.0.2.1:4711", true, headers{"X-Forwarded-Proto": {"http"}}, true},
		"Proxy":            {"10.0.0.1:4711", false, headers{"X-Forwarded-Proto": {"https"}}, true},
		"ProxyInCapitals":  {"10.0.0.1:4711", false, headers{"X-Forwarded-Proto": {" HTTPS "}}, true},
		"ProxyInClear":     {"10.0.0.1:4711", false, headers{"X-Forwarded-Proto": {"http"}}, false},
		"ProxySaysNothing": {"10.0.0.1:4711", false, nil, false},
		"SilentWithTLS":    {"10.0.0.1:4711", true, nil, true},
		"EncryptsByItself": {"10.0.0.1:4711", true, headers{"X-Forwarded-Proto": {"http"}}, false},
		"PartlyInClear":    {"10.0.0.1:4711", false, headers{"X-Forwarded-Proto": {"https, http"}}, false},
		"PartlyInTwoLines": {"10.0.0.1:4711", false, headers{"X-Forwarded-Proto": {"https", "http"}}, false},
		"All":              {"10.0.0.1:4711", false, headers{"X-Forwarded-Proto": {"https, https"}}, true},
		"Empty":            {"10.0.0.1:4711", false, headers{"X-Forwarded-Proto": {""}}, false},
		"WebSocketNames":   {"10.0.0.1:4711", false, headers{"X-Forwarded-Proto": {"wss"}}, false},
		"Forwarded":        {"10.0.0.1:4711", false, headers{"Forwarded": {`for=192.0.2.1;Proto="https"`}}, true},
		"ForwardedInClear": {"10.0.0.1:4711", false, headers{"Forwarded": {`for=192.0.2.1;proto=http`}}, false},
		"BothDisagree":     {"10.0.0.1:4711", false, headers{"X-Forwarded-Proto": {"https"}, "Forwarded": {"proto=http"}}, false},
		"NoAddress":        {"pipe", false, headers{"X-Forwarded-Proto": {"https"}}, false},
		"ForwardedWithout": {"10.0.0.1:4711", true, headers{"Forwarded": {"for=192.0.2.1"}}, true},
	} {
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/", http.NoBody)
		if r.RemoteAddr, r.Header = tt.peer, tt.h; tt.tls {
			r.TLS = &tls.ConnectionState{}
		}
		if got := trusted.Secure(r); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if r := httptest.NewRequestWithContext(t.Context(), "GET", "/", http.NoBody); proxy.Trusted(nil).Secure(r) {
		t.Error("who trusts nobody takes plain HTTP for TLS")
	}
}
