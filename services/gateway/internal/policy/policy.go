// Package policy says in the headers of an answer what a browser may do with
// it. This is the one place where such headers are set.
package policy

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// API sets what keeps browsers from doing anything with an answer but handing it
// to the page that asked.
func API(h http.Header) {
	all(h)
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Cache-Control", "no-store") // tokens, and what only one user may see
}

// Page sets what the web client needs and nothing more. A service worker lives
// by the headers of its own file, so they are on every file. host is the one
// that the browser asked.
func Page(h http.Header, host string, secure bool) {
	all(h)
	h.Set("Content-Security-Policy", content(host, secure))
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", permissions)
}

// Encrypted has a browser come back with TLS only. A browser believes it only
// if it came that way.
func Encrypted(h http.Header, maxAge time.Duration) {
	h.Set("Strict-Transport-Security", "max-age="+strconv.Itoa(int(maxAge.Seconds())))
}

func all(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}

// permissions are what a chat never asks for, so that nothing that gets into
// the page can.
const permissions = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), " +
	"magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=(), xr-spatial-tracking=()"

// content returns the content security policy of the web client.
func content(host string, secure bool) string {
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
		"connect-src 'self'" + sockets(host, secure) + "; manifest-src 'self'; worker-src 'self'; " +
		"base-uri 'none'; form-action 'self'; frame-ancestors 'none'; " +
		"require-trusted-types-for 'script'; trusted-types lair dompurify"
}

// sockets names the WebSocket of the host for browsers to which 'self' is only
// http. Over plain HTTP there may be a proxy with TLS that does not say so.
func sockets(host string, secure bool) string {
	switch {
	case host == "" || strings.ContainsFunc(host, foreign):
		return "" // it would say something else in the policy
	case secure:
		return " wss://" + host
	}
	return " ws://" + host + " wss://" + host
}

func foreign(c rune) bool {
	switch {
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.ContainsRune(".-:[]_", c):
		return false
	}
	return true
}
