package origin_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/lair-chat/lair/services/gateway/internal/origin"
)

// FuzzOrigin holds that no page may but those that are named, and those whose
// origin ends in the host itself.
func FuzzOrigin(f *testing.F) {
	f.Add("https://chat.example", "lair.example:8082")
	f.Add("https://lair.example:8082", "lair.example:8082")
	f.Add("http://a@lair.example/", "lair.example")
	f.Add("null", "")
	f.Fuzz(func(t *testing.T, from, host string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/ws", http.NoBody)
		r.Host, r.Header = host, http.Header{"Origin": {from}}
		some := origin.Allowed{"https://chat.example"}
		own := host != "" && strings.Contains(strings.ToLower(from), strings.ToLower(host))
		if some.May(r) && from != "" && !strings.EqualFold(from, "https://chat.example") && !own && !strings.Contains(from, "%") {
			t.Errorf("%q may at %q", from, host)
		}
	})
}
