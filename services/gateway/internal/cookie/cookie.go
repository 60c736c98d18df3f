// Package cookie keeps the login of the web client in a cookie, which no script
// can read. A browser adds cookies by itself, also where a page of somebody else
// asks for it, so who relies on one must prove that the page is ours.
package cookie

import (
	"net/http"
	"time"

	"github.com/lair-chat/lair/services/gateway/internal/origin"
)

// A browser keeps a name that begins with __Host- only if the cookie came over
// TLS, for this host alone: nobody in the net, and no other host of the domain,
// can plant one. Over plain HTTP there is no such name.
const (
	safe  = "__Host-lair"
	plain = "lair"
)

// Header is the header with which a client asks for a cookie; its value is Wanted.
const (
	Header = "Lair-Session"
	Wanted = "cookie"
)

// Jar sets and reads the cookie. The zero value is of use.
type Jar struct {
	// Secure reports whether the browser came with TLS; nil looks only at the
	// connection.
	Secure func(*http.Request) bool
}

// Asked reports whether the client wants the token of its login in a cookie.
func Asked(r *http.Request) bool { return r.Header.Get(Header) == Wanted }

// Token returns the token in the cookie, "" if there is none. A cookie that was
// set in clear is none over TLS.
func (j Jar) Token(r *http.Request) string {
	for _, c := range r.CookiesNamed(j.name(r)) {
		return c.Value // of several the one that fits best comes first
	}
	return ""
}

// Set puts the token into the cookie until it expires.
func (j Jar) Set(h http.Header, r *http.Request, token string, expires time.Time) {
	j.write(h, r, token, max(int(time.Until(expires).Seconds()), 1)) // 0 would be for the session of the browser
}

// Clear takes the cookie away.
func (j Jar) Clear(h http.Header, r *http.Request) { j.write(h, r, "", -1) }

func (j Jar) write(h http.Header, r *http.Request, token string, maxAge int) {
	c := http.Cookie{ //nolint:gosec // over plain HTTP browsers keep no secure ones
		Name: j.name(r), Value: token, Path: "/", MaxAge: maxAge,
		HttpOnly: true, Secure: j.secure(r), SameSite: http.SameSiteStrictMode,
	}
	h.Add("Set-Cookie", c.String())
}

// Trusts reports whether a request that has the cookie may change anything: it
// comes from a page of this very origin, as the browser itself says. Pages that
// may use the API otherwise are no exception.
func (j Jar) Trusts(r *http.Request) bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		return true
	}
	return j.own(r)
}

// Foreign reports whether a request comes from a page of another origin. What
// is no browser does not say where it comes from, and is not foreign.
func (j Jar) Foreign(r *http.Request) bool {
	return (r.Header.Get("Sec-Fetch-Site") != "" || r.Header.Get("Origin") != "") && !j.own(r)
}

func (j Jar) own(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" { // only over TLS, and on one's own machine
		return site == "same-origin"
	}
	return j.Own(r)
}

// Own reports whether a request has an Origin and that is its own.
func (j Jar) Own(r *http.Request) bool { return origin.Own(r, j.secure(r)) }

func (j Jar) name(r *http.Request) string {
	if j.secure(r) {
		return safe
	}
	return plain
}

func (j Jar) secure(r *http.Request) bool {
	if j.Secure == nil {
		return r.TLS != nil
	}
	return j.Secure(r)
}
