package proxy_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/lair-chat/lair/services/gateway/internal/proxy"
)

var trusted = proxy.Trusted{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8:f::/48")}

func TestTheClientIsTheLastOneThatIsNoProxy(t *testing.T) {
	type headers = http.Header
	for name, tt := range map[string]struct {
		peer string
		h    headers
		want string
	}{
		"Direct":             {"192.0.2.1:4711", nil, "192.0.2.1"},
		"DirectAndLying":     {"192.0.2.1:4711", headers{"X-Forwarded-For": {"198.51.100.1"}, "Forwarded": {"for=198.51.100.1"}}, "192.0.2.1"},
		"MappedDirect":       {"[::ffff:192.0.2.1]:4711", nil, "192.0.2.1"},
		"ProxyItself":        {"10.0.0.1:4711", nil, "10.0.0.1"},
		"OneProxy":           {"10.0.0.1:4711", headers{"X-Forwarded-For": {"192.0.2.1"}}, "192.0.2.1"},
		"MappedProxy":        {"[::ffff:10.0.0.1]:4711", headers{"X-Forwarded-For": {"192.0.2.1"}}, "192.0.2.1"},
		"LiesBeforeTheLast":  {"10.0.0.1:4711", headers{"X-Forwarded-For": {"1.1.1.1, 10.9.9.9, 192.0.2.1, 10.0.0.2"}}, "192.0.2.1"},
		"SeveralLines":       {"10.0.0.1:4711", headers{"X-Forwarded-For": {"1.1.1.1", "192.0.2.1", "10.0.0.2"}}, "192.0.2.1"},
		"AllOurs":            {"10.0.0.1:4711", headers{"X-Forwarded-For": {"10.0.0.3, 10.0.0.2"}}, "10.0.0.3"},
		"NoAddress":          {"10.0.0.1:4711", headers{"X-Forwarded-For": {"192.0.2.1, unknown, 10.0.0.2"}}, "10.0.0.2"},
		"Empty":              {"10.0.0.1:4711", headers{"X-Forwarded-For": {""}}, "10.0.0.1"},
		"WithPorts":          {"10.0.0.1:4711", headers{"X-Forwarded-For": {"192.0.2.1:80"}}, "192.0.2.1"},
		"IPv6":               {"[2001:db8:f::1]:4711", headers{"X-Forwarded-For": {"2001:db8::7"}}, "2001:db8::7"},
		"IPv6WithPort":       {"[2001:db8:f::1]:4711", headers{"X-Forwarded-For": {"[2001:db8::7]:80"}}, "2001:db8::7"},
		"Forwarded":          {"10.0.0.1:4711", headers{"Forwarded": {`for=1.1.1.1, For="192.0.2.1:80";proto=https;by=10.0.0.1`}}, "192.0.2.1"},
		"ForwardedIPv6":      {"10.0.0.1:4711", headers{"Forwarded": {`proto=http;for="[2001:db8::7]:4711"`}}, "2001:db8::7"},
		"ForwardedInQuotes":  {"10.0.0.1:4711", headers{"Forwarded": {`for=192.0.2.1;x="a\", for=1.1.1.1"`}}, "192.0.2.1"},
		"ForwardedHidden":    {"10.0.0.1:4711", headers{"Forwarded": {`for=192.0.2.1, for=_secret`}}, "10.0.0.1"},
		"ForwardedWithout":   {"10.0.0.1:4711", headers{"Forwarded": {`for=192.0.2.1, proto=http`}}, "10.0.0.1"},
		"BothAgree":          {"10.0.0.1:4711", headers{"X-Forwarded-For": {"192.0.2.1"}, "Forwarded": {"for=192.0.2.1"}}, "192.0.2.1"},
		"BothDiffer":         {"10.0.0.1:4711", headers{"X-Forwarded-For": {"192.0.2.1"}, "Forwarded": {"for=192.0.2.2"}}, "10.0.0.1"},
		"NoPeer":             {"pipe", headers{"X-Forwarded-For": {"192.0.2.1"}}, "pipe"},
		"AQuoteThatIsOpened": {"10.0.0.1:4711", headers{"Forwarded": {`for="192.0.2.1, for=1.1.1.1`}}, "10.0.0.1"},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequestWithContext(t.Context(), "GET", "/", http.NoBody)
			r.RemoteAddr, r.Header = tt.peer, tt.h
			if got := trusted.Client(r); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestNobodyIsTrustedByDefault(t *testing.T) {
	r := httptest.NewRequestWithContext(t.Context(), "GET", "/", http.NoBody)
	r.RemoteAddr = "127.0.0.1:1"
	r.Header.Set("X-Forwarded-For", "192.0.2.1")
	if got := proxy.Trusted(nil).Client(r); got != "127.0.0.1" {
		t.Errorf("got %s", got)
	}
}

func FuzzHeadersNeverPanic(f *testing.F) {
	f.Add("1.1.1.1, [::1]:80", `for="[::1]:1";by=x, for=_a`)
	f.Fuzz(func(t *testing.T, x, fwd string) {
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/", http.NoBody)
		r.RemoteAddr = "10.0.0.1:1"
		r.Header = http.Header{"X-Forwarded-For": {x}, "Forwarded": {fwd}}
		if _, err := netip.ParseAddr(trusted.Client(r)); err != nil {
			t.Error(err)
		}
	})
}
