package httpapi

import (
	"net/http"

	"github.com/lair-chat/lair/services/gateway/internal/origin"
)

// exposed are the headers of answers that pages may read.
const exposed = "X-Request-Id, Retry-After, WWW-Authenticate, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset"

// cors tells a browser whether the page that asks may have the answer. Cookies
// are for pages of the same origin, so none are allowed.
func cors(h http.Header, r *http.Request, pages origin.Allowed) {
	h.Set("Vary", "Origin")
	from := r.Header.Get("Origin")
	allowed := pages.Has(from)
	if allowed {
		h.Set("Access-Control-Allow-Origin", from)
		h.Set("Access-Control-Expose-Headers", exposed)
	}
	if r.Method != http.MethodOptions {
		return
	}
	h.Add("Vary", "Access-Control-Request-Method, Access-Control-Request-Headers")
	if allowed {
		h.Set("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE")
		h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, X-Request-Id")
		h.Set("Access-Control-Max-Age", "600")
	}
}
