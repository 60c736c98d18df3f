package proxy

import (
	"net/http"
	"strings"
)

// Secure reports whether the client of a request came with TLS: to us, or to a
// trusted proxy that says so with X-Forwarded-Proto, or with proto in Forwarded.
// What the proxy says is the truth also where it comes to us with TLS by itself.
// If several are named each must be https: there must be no stretch in clear.
func (t Trusted) Secure(r *http.Request) bool {
	peer, ok := parse(r.RemoteAddr)
	if !ok || !t.has(peer) {
		return r.TLS != nil
	}
	said := forwardedProto(r.Header)
	if len(said) == 0 {
		return r.TLS != nil
	}
	for _, proto := range said {
		if !strings.EqualFold(strings.TrimSpace(proto), "https") {
			return false
		}
	}
	return true
}

func forwardedProto(h http.Header) (all []string) {
	for _, line := range h.Values("X-Forwarded-Proto") {
		all = append(all, strings.Split(line, ",")...)
	}
	for _, line := range h.Values("Forwarded") {
		for _, element := range split(line, ',') {
			for _, pair := range split(element, ';') {
				name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
				if strings.EqualFold(name, "proto") {
					all = append(all, strings.Trim(value, `"`))
				}
			}
		}
	}
	return all
}
