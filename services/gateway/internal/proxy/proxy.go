// Package proxy finds the address of a client behind proxies. What a request
// says of that is believed only as far as trusted proxies have said it.
package proxy

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Trusted are the addresses of one's own proxies.
type Trusted []netip.Prefix

// Client returns the address of the client of a request, without a port: the
// last one in X-Forwarded-For or Forwarded (RFC 7239) that is none of our
// proxies, which is the one that the outermost of them has seen. Everything
// before it may have been made up.
//
// A proxy that writes only one of the headers passes the other one on as the
// client made it. So if both are there and do not agree, the client is the
// proxy itself.
func (t Trusted) Client(r *http.Request) string {
	peer, ok := parse(r.RemoteAddr)
	if !ok {
		return r.RemoteAddr
	}
	if !t.has(peer) {
		return peer.String()
	}
	x, hasX := t.last(peer, forwardedFor(r.Header.Values("X-Forwarded-For")))
	f, hasF := t.last(peer, forwarded(r.Header.Values("Forwarded")))
	switch {
	case hasX && hasF && x != f:
		return peer.String()
	case hasF:
		return f.String()
	}
	return x.String()
}

func (t Trusted) has(a netip.Addr) bool {
	return slices.ContainsFunc(t, func(p netip.Prefix) bool { return p.Contains(a) })
}

// last goes back along the hops while they are ours. A hop that is no address
// ends the way at the one that told of it.
func (t Trusted) last(peer netip.Addr, hops []string) (netip.Addr, bool) {
	for _, hop := range slices.Backward(hops) {
		a, ok := parse(hop)
		if !ok {
			break
		}
		if peer = a; !t.has(a) {
			break
		}
	}
	return peer, len(hops) > 0
}

func forwardedFor(lines []string) (hops []string) {
	for _, line := range lines {
		hops = append(hops, strings.Split(line, ",")...)
	}
	return hops
}

// forwarded returns the for of each element. What is not well formed gives a hop
// that is no address.
func forwarded(lines []string) (hops []string) {
	for _, line := range lines {
		for _, element := range split(line, ',') {
			hop := ""
			for _, pair := range split(element, ';') {
				name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
				if strings.EqualFold(name, "for") {
					hop = strings.Trim(value, `"`)
				}
			}
			hops = append(hops, hop)
		}
	}
	return hops
}

// split is strings.Split but for what is in quotes.
func split(s string, by rune) []string {
	quoted, escaped := false, false
	var parts []string
	begin := 0
	for i, c := range s {
		switch {
		case escaped:
			escaped = false
		case quoted && c == '\\':
			escaped = true
		case c == '"':
			quoted = !quoted
		case c == by && !quoted:
			parts = append(parts, s[begin:i])
			begin = i + 1
		}
	}
	return append(parts, s[begin:])
}

// parse reads an address with or without a port.
func parse(s string) (netip.Addr, bool) {
	s = strings.TrimSpace(s)
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return ap.Addr().Unmap().WithZone(""), true
	}
	if inner, ok := strings.CutPrefix(s, "["); ok {
		s = strings.TrimSuffix(inner, "]")
	}
	a, err := netip.ParseAddr(s)
	return a.Unmap().WithZone(""), err == nil
}
