package httpapi_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	"github.com/lair-chat/lair/services/gateway/internal/authn"
	"github.com/lair-chat/lair/services/gateway/internal/backend/backendtest"
	"github.com/lair-chat/lair/services/gateway/internal/cookie"
	"github.com/lair-chat/lair/services/gateway/internal/httpapi"
)

const (
	ours   = "Origin: http://example.com" // the host that httptest has
	wanted = "Lair-Session: cookie"
	nobody = "Authorization: "
	carry  = "Cookie: lair=ann"
	gone   = "lair=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"
)

// logins has auth answer all that a login can go through.
func logins(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	long := session()
	long.ExpiresAt = time.Now().Add(time.Hour).UnixMicro()
	backendtest.On(w.Services, func(context.Context, *authv1.RegisterRequest) (*authv1.RegisterResponse, error) {
		return &authv1.RegisterResponse{User: annUser(), Session: long, Token: "a.b.c"}, nil
	})
	backendtest.On(w.Services, func(context.Context, *authv1.LoginRequest) (*authv1.LoginResponse, error) {
		return &authv1.LoginResponse{User: annUser(), Session: long, Token: "a.b.c"}, nil
	})
	play(w, true, &authv1.RefreshRequest{}, &authv1.RefreshResponse{Session: long, Token: "a.b.c"})
	play(w, true, &authv1.LogoutRequest{}, &authv1.LogoutResponse{})
	play(w, true, &authv1.DeleteAccountRequest{Password: "p"}, &authv1.DeleteAccountResponse{})
	play(w, true, &authv1.ChangePasswordRequest{CurrentPassword: "p", NewPassword: "q"}, &authv1.ChangePasswordResponse{})
	backendtest.On(w.Services, func(context.Context, *authv1.RevokeSessionRequest) (*authv1.RevokeSessionResponse, error) {
		return &authv1.RevokeSessionResponse{}, nil
	})
	play(w, true, &authv1.ListSessionsRequest{}, &authv1.ListSessionsResponse{Sessions: []*authv1.Session{session()}})
	return w
}

var beginnings = map[string]string{
	"/api/v1/auth/register": `{"username":"ann","email":"e","password":"p"}`,
	"/api/v1/auth/login":    `{"identifier":"ann","password":"p"}`,
	"/api/v1/auth/refresh":  ``,
}

func kept(rec *httptest.ResponseRecorder) []string { return rec.Header().Values("Set-Cookie") }

func TestATokenGoesIntoTheCookieOfWhoAsks(t *testing.T) {
	w := logins(t)
	for path, body := range beginnings {
		for _, from := range []string{ours, "Sec-Fetch-Site: same-origin", "Origin: "} {
			rec := w.do("POST", path, body, wanted, from)
			set := kept(rec)
			if rec.Code/100 != 2 || !strings.Contains(rec.Body.String(), `"token":""`) || len(set) != 1 {
				t.Fatalf("%s: %d %s %q", path, rec.Code, rec.Body, set)
			}
			if !strings.HasPrefix(set[0], "lair=a.b.c; Path=/; Max-Age=3") || !strings.HasSuffix(set[0], "; HttpOnly; SameSite=Strict") {
				t.Errorf("%s: %q", path, set)
			}
		}
		rec := w.do("POST", path, body, "Lair-Session: token")
		if !strings.Contains(rec.Body.String(), `"token":"a.b.c"`) || kept(rec) != nil {
			t.Errorf("%s without a cookie: %s %q", path, rec.Body, kept(rec))
		}
		for _, from := range []string{"Origin: https://evil.example", "Origin: null", "Sec-Fetch-Site: same-site"} {
			rec := w.do("POST", path, body, wanted, from)
			refused(t, rec, 403, "origin_not_allowed")
			if kept(rec) != nil {
				t.Errorf("%s %s: %q", path, from, kept(rec))
			}
		}
	}
	refused(t, w.do("POST", "/api/v1/auth/login", "{}", wanted), 422, "validation_failed")
}

func TestOverTLSTheCookieIsSecure(t *testing.T) {
	w := logins(t)
	w.needs.Registry, w.needs.Cookies = nil, cookie.Jar{Secure: func(*http.Request) bool { return true }}
	w.api = httpapi.New(w.needs)
	set := kept(w.do("POST", "/api/v1/auth/login", beginnings["/api/v1/auth/login"], wanted))
	if len(set) != 1 || !strings.HasPrefix(set[0], "__Host-lair=a.b.c; Path=/; ") || !strings.Contains(set[0], "; Secure;") {
		t.Errorf("%q", set)
	}
	want(t, w.do("POST", "/api/v1/auth/logout", "", nobody, "Cookie: __Host-lair=ann", "Origin: https://example.com"), 200, ok)
	refused(t, w.do("POST", "/api/v1/auth/logout", "", nobody, carry, "Origin: https://example.com"), 401, "missing_token")
	refused(t, w.do("POST", "/api/v1/auth/logout", "", nobody, "Cookie: __Host-lair=ann", ours), 403, "origin_not_allowed")
}

func TestACookieIsAsGoodAsATokenForPagesOfTheSameOrigin(t *testing.T) {
	w := logins(t)
	w.needs.Registry, w.needs.Origins = nil, []string{"https://chat.example", "*"}
	w.api = httpapi.New(w.needs)
	for _, from := range []string{"Origin: ", ours, "Sec-Fetch-Site: cross-site"} { // to read is harmless: who may not cannot see it
		rec := w.do("GET", "/api/v1/sessions", "", nobody, carry, from)
		if rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), `"current":true`) || rec.Header().Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%s: %d %s %v", from, rec.Code, rec.Body, rec.Header())
		}
	}
	const change = `{"current_password":"p","new_password":"q"}`
	for from, allowed := range map[string]bool{
		ours: true, "Sec-Fetch-Site: same-origin": true, "Origin: ": false, "Origin: https://chat.example": false,
		"Origin: null": false, "Sec-Fetch-Site: none": false, "Sec-Fetch-Site: same-site": false, "Origin: http://example.com:81": false,
	} {
		rec := w.do("POST", "/api/v1/auth/change-password", change, nobody, carry, from)
		if allowed {
			want(t, rec, 200, ok)
		} else {
			refused(t, rec, 403, "origin_not_allowed")
		}
		if kept(rec) != nil { // this login goes on
			t.Errorf("%s: %q", from, kept(rec))
		}
		want(t, w.do("POST", "/api/v1/auth/change-password", change, carry, from), 200, ok) // with a token that does not matter
	}
}

func TestTheHeaderWinsOverTheCookie(t *testing.T) {
	w := logins(t)
	refused(t, w.do("GET", "/api/v1/sessions", "", "Authorization: Bearer bob", carry), 401, "invalid_token")
	refused(t, w.do("GET", "/api/v1/sessions", "", "Authorization: Basic ann", carry), 401, "invalid_format")
	refused(t, w.do("GET", "/api/v1/sessions", "", nobody, "Cookie: lair="), 401, "missing_token")
	refused(t, w.do("GET", "/api/v1/sessions", "", nobody, "Cookie: lair=bob"), 401, "invalid_token")
	if rec := w.do("POST", "/api/v1/auth/logout", "", "Cookie: lair=bob"); rec.Code != 200 || kept(rec) != nil {
		t.Errorf("the end of a login with a token: %d %q", rec.Code, kept(rec))
	}
}

func TestALoginByCookieNeverShowsItsToken(t *testing.T) {
	rec := logins(t).do("POST", "/api/v1/auth/refresh", "", nobody, carry, ours)
	if !strings.Contains(rec.Body.String(), `"token":""`) || len(kept(rec)) != 1 {
		t.Errorf("%s %q", rec.Body, kept(rec))
	}
}

func TestTheEndOfALoginTakesItsCookieAway(t *testing.T) {
	w := logins(t)
	type route struct{ method, path, body string }
	ends := []route{{"POST", "/api/v1/auth/logout", ""}, {"DELETE", "/api/v1/users/me", `{"password":"p"}`}, {"DELETE", "/api/v1/sessions/" + sess, ""}}
	for _, r := range ends {
		rec := w.do(r.method, r.path, r.body, nobody, carry, ours)
		if want(t, rec, 200, ok); !slices.Equal(kept(rec), []string{gone}) {
			t.Errorf("%s: %q", r.path, kept(rec))
		}
	}
	if rec := w.do("DELETE", "/api/v1/sessions/"+one, "", nobody, carry, ours); rec.Code != 200 || kept(rec) != nil {
		t.Errorf("the end of another login: %d %q", rec.Code, kept(rec))
	}
	w.authn = func(context.Context, string) (authn.Identity, error) {
		return authn.Identity{}, fault.New(fault.Unauthenticated, "session_not_found", "it has ended")
	}
	for _, r := range append(ends, route{"GET", "/api/v1/users/me", ""}) {
		rec := w.do(r.method, r.path, r.body, nobody, carry, ours)
		if refused(t, rec, 401, "session_not_found"); !slices.Equal(kept(rec), []string{gone}) {
			t.Errorf("%s: %q", r.path, kept(rec))
		}
		if rec := w.do(r.method, r.path, r.body, nobody, carry, "Origin: https://evil.example"); r.method != "GET" && kept(rec) != nil {
			t.Errorf("%s of others: %q", r.path, kept(rec))
		}
	}
	w.authn = func(context.Context, string) (authn.Identity, error) {
		return authn.Identity{}, fault.New(fault.Unavailable, "unavailable", "not now")
	}
	if rec := w.do("GET", "/api/v1/users/me", "", nobody, carry); rec.Code != 503 || kept(rec) != nil {
		t.Errorf("a login that is not known now: %d %q", rec.Code, kept(rec))
	}
}

func TestTheLogHasNoCookie(t *testing.T) {
	w := logins(t)
	w.do("POST", "/api/v1/auth/logout", "", nobody, "Cookie: lair=secret", ours)
	w.do("POST", "/api/v1/auth/login", beginnings["/api/v1/auth/login"], wanted)
	if log := w.log.String(); strings.Contains(log, "secret") || strings.Contains(log, "a.b.c") || !strings.Contains(log, "/logout") {
		t.Error(log)
	}
}
