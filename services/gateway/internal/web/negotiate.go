package web

import (
	"strconv"
	"strings"
)

// each calls f with every element of a list in headers: its value in lower case
// and its weight, 1 if there is none (RFC 9110, section 12.4.2).
func each(lines []string, f func(value string, q float64)) {
	for _, line := range lines {
		for element := range strings.SplitSeq(line, ",") {
			value, parameters, _ := strings.Cut(element, ";")
			if value = strings.ToLower(strings.TrimSpace(value)); value != "" {
				f(value, weight(parameters))
			}
		}
	}
}

// weight is 0 for one that cannot be read: what nobody understands is not
// wanted.
func weight(parameters string) float64 {
	for p := range strings.SplitSeq(parameters, ";") {
		name, value, _ := strings.Cut(p, "=")
		if !strings.EqualFold(strings.TrimSpace(name), "q") {
			continue
		}
		q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if err != nil || !(q >= 0 && q <= 1) {
			return 0
		}
		return q
	}
	return 1
}

// acceptsHTML reports whether a browser asks for a page. Programs that take
// anything do not.
func acceptsHTML(accept []string) (ok bool) {
	each(accept, func(value string, q float64) { ok = ok || value == "text/html" && q > 0 })
	return ok
}

// choose returns the form of the file that is wanted most, of equals the
// smallest. If none is wanted it is the file as it is.
func (f *file) choose(acceptEncoding []string) *variant {
	wanted, others := map[string]float64{}, 0.0
	each(acceptEncoding, func(value string, q float64) {
		switch value {
		case "*":
			others = q
		case "x-gzip":
			wanted["gzip"] = q
		default:
			wanted[value] = q
		}
	})
	best, most := &f.variants[len(f.variants)-1], 0.0
	for i := range f.variants {
		v := &f.variants[i]
		name := v.coding
		if name == "" {
			name = "identity"
		}
		q, named := wanted[name]
		if !named {
			q = others
		}
		if q > most {
			best, most = v, q
		}
	}
	return best
}

// matches reports whether the client has this form already.
func matches(ifNoneMatch []string, etag string) bool {
	for _, line := range ifNoneMatch {
		for tag := range strings.SplitSeq(line, ",") {
			if tag = strings.TrimSpace(tag); tag == "*" || strings.TrimPrefix(tag, "W/") == etag {
				return true
			}
		}
	}
	return false
}
