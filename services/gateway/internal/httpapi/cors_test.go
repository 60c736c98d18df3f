package httpapi_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/lair-chat/lair/services/gateway/internal/httpapi"
)

func paged(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.needs.Origins, w.needs.Registry = []string{"https://chat.example"}, nil
	w.api = httpapi.New(w.needs)
	return w
}

func TestOnlyPagesThatAreConfiguredMayCall(t *testing.T) {
	for _, tt := range []struct {
		w       *world
		from    string
		allowed bool
	}{
		{paged(t), "https://chat.example", true},
		{paged(t), "https://evil.example", false},
		{paged(t), "null", false},
		{newWorld(t), "https://chat.example", false},
	} {
		for _, rec := range []*httptest.ResponseRecorder{
			tt.w.do("GET", "/health", "", "Origin: "+tt.from), tt.w.do("GET", "/none", "", "Origin: "+tt.from),
			tt.w.do("GET", "/api/v1/users", "", "Authorization: ", "Origin: "+tt.from),
			tt.w.do("OPTIONS", "/api/v1/users", "", "Authorization: ", "Origin: "+tt.from, "Access-Control-Request-Method: PATCH"),
		} {
			h := rec.Header()
			origin := h.Get("Access-Control-Allow-Origin")
			if tt.allowed != (origin == tt.from) || !tt.allowed && origin != "" || !strings.Contains(h.Get("Vary"), "Origin") {
				t.Errorf("%s: %v", tt.from, h)
			}
			if tt.allowed != strings.Contains(h.Get("Access-Control-Expose-Headers"), "X-RateLimit-Remaining") {
				t.Errorf("%s: %v", tt.from, h)
			}
		}
		rec := tt.w.do("OPTIONS", "/anything", "", "Authorization: ", "Origin: "+tt.from)
		want(t, rec, 200, "")
		h := rec.Header()
		if tt.allowed != strings.Contains(h.Get("Access-Control-Allow-Methods"), "PATCH") ||
			tt.allowed != strings.Contains(h.Get("Access-Control-Allow-Headers"), "Authorization") {
			t.Errorf("%s: %v", tt.from, h)
		}
	}
}

func TestEveryAnswerIsSafeInABrowser(t *testing.T) {
	w := newWorld(t)
	for _, rec := range []*httptest.ResponseRecorder{
		w.do("GET", "/health", ""), w.do("GET", "/none", ""), w.do("OPTIONS", "/none", ""), w.do("POST", "/api/v1/auth/login", "{}"),
	} {
		for name, value := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer",
			"Cache-Control": "no-store", "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
		} {
			if got := rec.Header().Get(name); got != value {
				t.Errorf("%s is %q", name, got)
			}
		}
		if rec.Header().Get("X-Request-Id") == "" {
			t.Error("an answer has no name")
		}
	}
}

func TestHEADIsGETWithoutTheBody(t *testing.T) {
	w := newWorld(t)
	srv := httptest.NewServer(w.api)
	defer srv.Close()
	for path, status := range map[string]int{"/health": 200, "/ready": 200, "/api/v1/users/me": 401, "/none": 404, "/api/v1/auth/login": 405} {
		var lengths [2]int64
		for i, method := range []string{http.MethodGet, http.MethodHead} {
			req, err := http.NewRequestWithContext(t.Context(), method, srv.URL+path, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			res, err := srv.Client().Do(req)
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(res.Body)
			_ = res.Body.Close()
			if res.StatusCode != status || method == http.MethodHead && len(body) > 0 {
				t.Errorf("%s %s: %d %q", method, path, res.StatusCode, body)
			}
			lengths[i] = res.ContentLength
		}
		if lengths[0] > 0 && lengths[0] != lengths[1] {
			t.Errorf("%s: lengths %v", path, lengths)
		}
	}
}
