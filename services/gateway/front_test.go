package gateway_test

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/lair-chat/lair/services/gateway"
)

// fetch returns the status and the headers of an answer.
func (s *server) fetch(url string, headers ...string) (int, http.Header) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ": ")
		req.Header.Set(name, value)
	}
	resp, err := s.client(true).Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode, resp.Header
}

func TestPagesAreServedBesideTheAPI(t *testing.T) {
	s := serve(t, nil)
	for _, base := range []string{"http://" + s.HTTPAddr().String(), "https://" + s.HTTPSAddr().String()} {
		for path, want := range map[string]string{
			"/": "text/html; charset=utf-8", "/rooms/1": "text/html; charset=utf-8", "/health": "application/json", "/api/v1/users/me": "application/json", "/assets/none.js": "application/json",
		} {
			status, h := s.fetch(base+path, "Accept: text/html")
			if h.Get("Content-Type") != want || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Strict-Transport-Security") != "" {
				t.Errorf("%s%s: %d %v", base, path, status, h)
			}
			if page := strings.Contains(h.Get("Content-Security-Policy"), "require-trusted-types-for 'script'"); page != strings.HasPrefix(want, "text/html") {
				t.Errorf("%s%s: %v", base, path, h)
			}
		}
	}
}

func TestBrowsersAreToldToKeepToTLSOnlyOverTLS(t *testing.T) {
	s := serve(t, func(c *gateway.Config) {
		c.Front.HSTS, c.Front.TrustedProxies = 48*time.Hour, []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	})
	for _, path := range []string{"/", "/health"} {
		for _, tt := range []struct {
			base, proto, want string
		}{
			{"https://" + s.HTTPSAddr().String(), "", "max-age=172800"},
			{"http://" + s.HTTPAddr().String(), "", ""},
			{"http://" + s.HTTPAddr().String(), "https", "max-age=172800"},
			{"https://" + s.HTTPSAddr().String(), "http", ""},
		} {
			var said []string
			if tt.proto != "" {
				said = []string{"X-Forwarded-Proto: " + tt.proto}
			}
			if _, h := s.fetch(tt.base+path, said...); h.Get("Strict-Transport-Security") != tt.want {
				t.Errorf("%s%s %s: %v", tt.base, path, tt.proto, h)
			}
		}
	}
	if err := (&gateway.Front{HSTS: -1}).Validate(); err == nil {
		t.Error("a negative age was taken")
	}
}
