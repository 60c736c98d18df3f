// Package origin says which web pages may use the gateway from a browser. What
// is no browser sends no Origin, and is not concerned.
package origin

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Allowed are the origins of pages that may, such as https://chat.example. "*"
// is any.
type Allowed []string

// Has reports whether pages of an origin, as a browser writes it, are allowed.
func (a Allowed) Has(origin string) bool {
	return origin != "" && slices.ContainsFunc(a, func(s string) bool {
		return s == "*" || strings.EqualFold(strings.TrimSuffix(s, "/"), origin)
	})
}

// May reports whether a request comes from a page that is allowed, from a page
// of the gateway's own host, or from no page.
func (a Allowed) May(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" || a.Has(origin) {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, r.Host)
}

// Own reports whether a request has an Origin and that is the request's own.
// secure says that it came with TLS; if not, a page that did is as good: there
// is a proxy in between that does not tell.
func Own(r *http.Request, secure bool) bool {
	u, err := url.Parse(r.Header.Get("Origin"))
	if err != nil || u.Host == "" || !strings.EqualFold(u.Host, r.Host) {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && !secure
}

// Valid reports whether s can be in the list.
func Valid(s string) bool {
	u, err := url.Parse(strings.TrimSuffix(s, "/"))
	return s == "*" || err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.Path+u.RawQuery+u.Fragment == "" && u.User == nil
}
