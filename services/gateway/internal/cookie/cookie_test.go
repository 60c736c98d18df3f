package cookie_test

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lair-chat/lair/services/gateway/internal/cookie"
)

func request(t *testing.T, method string, overTLS bool, headers http.Header) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, "/", http.NoBody)
	r.Host, r.Header = "chat.example", headers
	if overTLS {
		r.TLS = &tls.ConnectionState{}
	}
	return r
}

func TestTheCookieIsAsStrictAsTheConnectionAllows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for overTLS, want := range map[bool][2]string{
			true:  {"__Host-lair=a.b.c; Path=/; Max-Age=86400; HttpOnly; Secure; SameSite=Strict", "__Host-lair=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Strict"},
			false: {"lair=a.b.c; Path=/; Max-Age=86400; HttpOnly; SameSite=Strict", "lair=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"},
		} {
			r, h := request(t, "POST", overTLS, nil), http.Header{}
			cookie.Jar{}.Set(h, r, "a.b.c", time.Now().Add(24*time.Hour))
			cookie.Jar{}.Clear(h, r)
			if got := h.Values("Set-Cookie"); len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
				t.Errorf("TLS %v: %q", overTLS, got)
			}
		}
		h := http.Header{}
		if (cookie.Jar{}).Set(h, request(t, "POST", false, nil), "x", time.Now()); h.Get("Set-Cookie") != "lair=x; Path=/; Max-Age=1; HttpOnly; SameSite=Strict" {
			t.Error(h)
		}
	})
}

func TestACookieOfClearTextIsNoneOverTLS(t *testing.T) {
	both := http.Header{"Cookie": {"other=1; lair=clear; __Host-lair=safe", "lair=second"}}
	if got := (cookie.Jar{}).Token(request(t, "GET", true, both)); got != "safe" {
		t.Error(got)
	}
	if got := (cookie.Jar{}).Token(request(t, "GET", false, both)); got != "clear" {
		t.Error(got)
	}
	if got := (cookie.Jar{}).Token(request(t, "GET", true, http.Header{"Cookie": {"lair=clear"}})); got != "" {
		t.Error(got)
	}
	if got := (cookie.Jar{}).Token(request(t, "GET", false, http.Header{"Cookie": {"__Host-lair=safe"}})); got != "" {
		t.Error(got)
	}
	told := cookie.Jar{Secure: func(*http.Request) bool { return true }}
	if got := told.Token(request(t, "GET", false, both)); got != "safe" {
		t.Error(got)
	}
}

func TestOnlyPagesOfTheSameOriginMayChangeAnything(t *testing.T) {
	const site, from = "Sec-Fetch-Site", "Origin"
	for name, tt := range map[string]struct {
		tls, trusted, foreign bool
		h                     http.Header
	}{
		"NoBrowser":           {false, false, false, nil},
		"SameOrigin":          {true, true, false, http.Header{site: {"same-origin"}}},
		"SameSite":            {true, false, true, http.Header{site: {"same-site"}, from: {"https://other.chat.example"}}},
		"CrossSite":           {true, false, true, http.Header{site: {"cross-site"}, from: {"https://chat.example"}}},
		"TypedAddress":        {true, false, true, http.Header{site: {"none"}}},
		"BehindASilentProxy":  {false, true, false, http.Header{site: {"same-origin"}, from: {"https://chat.example"}}},
		"OriginOwn":           {false, true, false, http.Header{from: {"http://chat.example"}}},
		"OriginInCapitals":    {true, true, false, http.Header{from: {"https://Chat.Example"}}},
		"OriginOfOthers":      {false, false, true, http.Header{from: {"http://evil.example"}}},
		"OriginOtherPort":     {false, false, true, http.Header{from: {"http://chat.example:81"}}},
		"OriginOpaque":        {false, false, true, http.Header{from: {"null"}}},
		"OriginInClear":       {true, false, true, http.Header{from: {"http://chat.example"}}},
		"OriginBehindAProxy":  {false, true, false, http.Header{from: {"https://chat.example"}}},
		"OriginOfAnExtension": {false, false, true, http.Header{from: {"moz-extension://chat.example"}}},
	} {
		for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "BREW"} {
			r := request(t, method, tt.tls, tt.h)
			if got := (cookie.Jar{}).Trusts(r); got != tt.trusted {
				t.Errorf("%s %s: trusted %v", name, method, got)
			}
			if got := (cookie.Jar{}).Foreign(r); got != tt.foreign {
				t.Errorf("%s %s: foreign %v", name, method, got)
			}
		}
		for _, method := range []string{"GET", "HEAD"} {
			if !(cookie.Jar{}).Trusts(request(t, method, tt.tls, tt.h)) {
				t.Errorf("%s: %s is refused", name, method)
			}
		}
	}
}

func TestTheCookieIsAskedFor(t *testing.T) {
	for value, want := range map[string]bool{"cookie": true, "": false, "token": false, "Cookie": false} {
		if got := cookie.Asked(request(t, "POST", false, http.Header{cookie.Header: {value}})); got != want {
			t.Errorf("%q: %v", value, got)
		}
	}
}
