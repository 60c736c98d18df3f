package document

import (
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"
)

// implied are the errors that follow from what a route takes.
func (r route) implied(method string) map[int][]string {
	if r.Bare && r.limit() == "none" {
		return nil
	}
	all := map[int][]string{500: {"internal_error"}}
	if r.limit() != "none" {
		all[429] = []string{"rate_limited"}
	}
	if r.Media == "" && r.limit() != "none" { // a service is asked
		all[503] = []string{"unavailable", "busy", "peer_refused"}
	}
	if r.Access != "anybody" {
		all[401] = []string{
			"missing_token", "invalid_format", "invalid_token", "invalid_claims", "token_expired", "session_not_found", "session_expired",
		}
	}
	if r.Access != "anybody" && method != "GET" || r.limit() == "auth" { // the cookie
		all[403] = []string{"origin_not_allowed"}
	}
	if len(r.Query) > 0 {
		all[400] = []string{"validation_failed"}
	}
	if r.Body != "" {
		all[400] = []string{"invalid_json", "validation_failed"}
		all[413], all[415], all[422] = []string{"payload_too_large"}, []string{"unsupported_media_type"}, []string{"validation_failed"}
	}
	return all
}

// errors are the codes of a route by status: its own first.
func (h *head) errors(method string, r route, used map[string]bool) (map[int][]code, error) {
	all := map[int][]code{}
	put := func(status int, name, meaning string) error {
		known, ok := h.Codes[name]
		if !ok {
			return fmt.Errorf("head.yaml has no code %q", name)
		}
		if meaning == "" {
			meaning = known
		}
		used[name] = true
		if !slices.ContainsFunc(all[status], func(c code) bool { return c.name == name }) {
			all[status] = append(all[status], code{name, meaning})
		}
		return nil
	}
	for status, n := range r.Errors {
		own, err := own(&n)
		if err != nil {
			return nil, err
		}
		for _, c := range own {
			if err := put(status, c.name, c.meaning); err != nil {
				return nil, err
			}
		}
	}
	for status, names := range r.implied(method) {
		for _, name := range names {
			if err := put(status, name, ""); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// own reads a list of codes, or codes with meanings.
func own(n *yaml.Node) (all []code, err error) {
	switch n.Kind {
	case yaml.SequenceNode:
		for _, x := range n.Content {
			all = append(all, code{name: x.Value})
		}
	case yaml.MappingNode:
		for name, meaning := range fields(n) {
			all = append(all, code{name, meaning.Value})
		}
	default:
		return nil, fmt.Errorf("line %d: errors are a list of codes or codes with meanings", n.Line)
	}
	return all, nil
}
