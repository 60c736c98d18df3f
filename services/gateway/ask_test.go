package gateway_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/lair-chat/lair/services/gateway"
)

func TestAGatewayIsAskedWhetherItIsReady(t *testing.T) {
	status := http.StatusOK
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/ready" {
			t.Errorf("asked for %s", r.URL.Path)
		}
		w.WriteHeader(status)
	})
	plain, secure := httptest.NewServer(handler), httptest.NewTLSServer(handler)
	defer secure.Close()
	ways := map[string][]string{
		"plain": {"LAIR_BIND_ADDRESS=127.0.0.1", "LAIR_HTTP_PORT=" + port(t, plain.URL)},
		"only TLS": {
			"LAIR_BIND_ADDRESS=127.0.0.1", "LAIR_HTTPS_PORT=" + port(t, secure.URL), "LAIR_HTTP_PORT_ENABLED=false",
			"LAIR_TLS_CERT_PATH=/none", "LAIR_TLS_KEY_PATH=/none",
		},
	}
	for name, environ := range ways {
		status = http.StatusOK
		if err := gateway.Ask(t.Context(), environ); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		status = http.StatusServiceUnavailable
		if err := gateway.Ask(t.Context(), environ); err == nil || err.Error() != "/ready says 503 Service Unavailable" {
			t.Errorf("%s: %v", name, err)
		}
	}
	plain.Close()
	if err := gateway.Ask(t.Context(), ways["plain"]); err == nil {
		t.Error("a gateway that is not there is ready")
	}
}

func port(t *testing.T, raw string) string {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u.Port()
}
