package document

import "go.yaml.in/yaml/v3"

// schemes are the ways to show a token. The cookie has two names, since browsers
// keep the first one only if it came over TLS.
func schemes() *yaml.Node {
	return object(
		"token", object("type", "http", "scheme", "bearer", "bearerFormat", "JWT"),
		"cookie", object("type", "apiKey", "in", "cookie", "name", "__Host-lair", "description", "Over TLS, for pages of the same origin."),
		"plainCookie", object("type", "apiKey", "in", "cookie", "name", "lair", "description", "In clear, for pages of the same origin."),
	)
}

// missing adds the answers to paths and methods that are not there. No route has
// them.
func (h *head) missing(used map[string]bool) error {
	for status, n := range h.Anywhere {
		r := route{Access: "anybody", Media: "none", Errors: map[int]yaml.Node{status: n}}
		codes, err := h.errors("GET", r, used)
		if err != nil {
			return err
		}
		h.common[map[int]string{404: "NotFound", 405: "MethodNotAllowed"}[status]] = h.refusal(r, status, codes[status])
	}
	return nil
}
