package gateway_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"
)

// A certificate that has expired is told, and takes no gateway away from those who can
// do without: the reason for not being ready stays another one.
func TestReadyTellsHowTheCertificateIs(t *testing.T) {
	for state, left := range map[string]time.Duration{
		"valid": 30 * 24 * time.Hour, "expires_soon": time.Hour, "expired": -time.Minute,
	} {
		s := serveUntil(t, time.Now().Add(left), nil)
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+s.HTTPAddr().String()+"/ready", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		var body struct {
			Reason       string
			Certificates map[string]string
		}
		if err := json.NewDecoder(resp.Body).Decode(&body); err != nil {
			t.Fatal(err)
		}
		if err := resp.Body.Close(); err != nil {
			t.Fatal(err)
		}
		if len(body.Certificates) != 1 || body.Certificates["public"] != state {
			t.Errorf("want %s, got %v", state, body.Certificates)
		}
		if resp.StatusCode != http.StatusServiceUnavailable || body.Reason != "the auth service does not answer" && body.Reason != "the auth service has not answered yet" {
			t.Errorf("%d, %s", resp.StatusCode, body.Reason)
		}
		http.DefaultClient.CloseIdleConnections()
	}
}
