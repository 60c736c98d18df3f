package document

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// shared are the names of answers that follow from what a route takes and are
// the same for all.
var shared = map[int]string{
	401: "Unauthenticated", 403: "Foreign", 413: "PayloadTooLarge", 415: "UnsupportedMediaType", 422: "UnprocessableBody",
	429: "RateLimited", 500: "InternalError", 503: "Unavailable",
}

// head is head.yaml: what is true of every route.
type head struct {
	Title, License, Description, Sockets string

	Tags, Headers, Parameters yaml.Node
	Limits, Codes             map[string]string
	Anywhere                  map[int]yaml.Node // the codes of what is not there, by status

	common map[string]*yaml.Node // the answers of shared
}

// route is one of routes.yaml.
type route struct {
	ID, Summary, Description string
	Access                   string // token or anybody
	Limit                    string // requests, auth, messages or none
	Query, Headers           []string
	Bare                     bool // a success has no headers of ours
	Body                     string
	Optional                 bool           // the body may be absent
	Answer                   map[int]string // status and schema; no schema is no body
	Media                    string         // of an answer that is no JSON of ours; several with commas
	Errors                   map[int]yaml.Node
}

// code is a code of an error and what it means here.
type code struct{ name, meaning string }

func openAPI(source string) (*yaml.Node, error) {
	h := head{common: map[string]*yaml.Node{}}
	if err := read(source, "head.yaml", &h); err != nil {
		return nil, err
	}
	var tags yaml.Node
	if err := read(source, "routes.yaml", &tags); err != nil {
		return nil, err
	}
	paths, used := object(), map[string]bool{}
	for tag, routes := range fields(tags.Content[0]) {
		for pattern, n := range fields(routes) {
			var r route
			if err := n.Decode(&r); err != nil {
				return nil, fmt.Errorf("%s: %w", pattern, err)
			}
			method, path, _ := strings.Cut(pattern, " ")
			op, err := h.operation(tag, method, path, r, used)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", pattern, err)
			}
			if at(paths, path) == nil {
				add(paths, path, object())
			}
			add(at(paths, path), strings.ToLower(method), op)
		}
	}
	if err := h.missing(used); err != nil {
		return nil, err
	}
	for _, c := range slices.Sorted(maps.Keys(h.Codes)) {
		if !used[c] {
			return nil, fmt.Errorf("no route has the code %s of head.yaml", c)
		}
	}
	all, err := schemas(source, "objects.yaml", "bodies.yaml")
	if err != nil {
		return nil, err
	}
	return object(
		"openapi", "3.1.0",
		"info", object("title", h.Title, "version", "1.0.0", "description", h.Description, "license", object("name", h.License, "identifier", h.License)),
		"servers", list(object("url", "/", "description", "This server")),
		"security", list(object("token", list()), object("cookie", list()), object("plainCookie", list())),
		"tags", h.tags(),
		"paths", paths,
		"components", object(
			"securitySchemes", schemes(),
			"headers", h.headers(),
			"parameters", h.parameters(),
			"responses", h.responsesInCommon(), "schemas", all,
		),
		"x-codes", h.codes(),
	), nil
}

func (h *head) tags() *yaml.Node {
	all := list()
	for name, about := range fields(&h.Tags) {
		all.Content = append(all.Content, object("name", name, "description", about.Value))
	}
	all.Content = append(all.Content, object("name", "Sockets", "description", h.Sockets))
	return all
}

func (h *head) headers() *yaml.Node {
	all := object()
	for name, n := range fields(&h.Headers) {
		add(all, name, object("description", at(n, "description").Value, "schema", object("type", at(n, "type").Value)))
	}
	return all
}

func (h *head) parameters() *yaml.Node {
	all := object()
	for name, n := range fields(&h.Parameters) {
		where := "query"
		if in := at(n, "in"); in != nil {
			where = in.Value
		}
		called := name
		if other := at(n, "name"); other != nil {
			called = other.Value
		}
		p := object("name", called, "in", where, "description", at(n, "description").Value)
		if where == "path" || at(n, "required") != nil {
			add(p, "required", true)
		}
		add(p, "schema", schema(at(n, "schema")))
		add(all, name, p)
	}
	return all
}

func (h *head) responsesInCommon() *yaml.Node {
	all := object()
	for _, name := range slices.Sorted(maps.Keys(h.common)) {
		add(all, name, h.common[name])
	}
	return all
}

func (h *head) codes() *yaml.Node {
	all := object()
	for _, name := range slices.Sorted(maps.Keys(h.Codes)) {
		add(all, name, h.Codes[name])
	}
	return all
}

func (h *head) operation(tag, method, path string, r route, used map[string]bool) (*yaml.Node, error) {
	if at(&h.Tags, tag) == nil {
		return nil, fmt.Errorf("head.yaml has no tag %q", tag)
	}
	op := object("operationId", r.ID, "tags", []string{tag}, "summary", r.Summary)
	if r.Description != "" {
		add(op, "description", r.Description)
	}
	if r.Access == "anybody" {
		add(op, "security", list())
	}
	if limit := h.Limits[r.limit()]; limit != "" {
		add(op, "x-limit", limit)
	}
	parameters := list()
	for _, name := range slices.Concat(inPath(path), r.Query, r.Headers) {
		if at(&h.Parameters, name) == nil {
			return nil, fmt.Errorf("head.yaml has no parameter %q", name)
		}
		parameters.Content = append(parameters.Content, ref("parameters", name))
	}
	if len(parameters.Content) > 0 {
		add(op, "parameters", parameters)
	}
	if r.Body != "" {
		add(op, "requestBody", object("required", !r.Optional, "content", object("application/json", object("schema", ref("schemas", r.Body)))))
	}
	responses, err := h.responses(method, r, used)
	if err != nil {
		return nil, err
	}
	add(op, "responses", responses)
	return op, nil
}

func (r route) limit() string {
	if r.Limit == "" {
		return "requests"
	}
	return r.Limit
}

// inPath are the names in braces.
func inPath(path string) (names []string) {
	for part := range strings.SplitSeq(path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			names = append(names, strings.TrimSuffix(name, "}"))
		}
	}
	return names
}

func (h *head) responses(method string, r route, used map[string]bool) (*yaml.Node, error) {
	errors, err := h.errors(method, r, used)
	if err != nil {
		return nil, err
	}
	if r.Media != "" {
		r.Answer = map[int]string{200: ""}
	}
	all := object()
	for _, status := range slices.Sorted(maps.Keys(r.Answer)) {
		res := object("description", "Done.", "headers", h.sent(r, status))
		switch body := r.Answer[status]; {
		case r.Media != "":
			content := object()
			for media := range strings.SplitSeq(r.Media, ", ") {
				add(content, media, object())
			}
			add(res, "content", content)
		case body != "":
			add(res, "content", object("application/json", object("schema", ref("schemas", body))))
		}
		add(all, strconv.Itoa(status), res)
	}
	for _, status := range slices.Sorted(maps.Keys(errors)) {
		if _, ok := r.Answer[status]; ok {
			continue // the route has its own body for it
		}
		res := h.refusal(r, status, errors[status])
		if name := shared[status]; name != "" && r.limit() != "none" && len(r.Errors[status].Content) == 0 {
			h.common[name], res = res, ref("responses", name)
		}
		add(all, strconv.Itoa(status), res)
	}
	return all, nil
}

// refusal is an answer with one of the codes.
func (h *head) refusal(r route, status int, codes []code) *yaml.Node {
	var names, about []string
	for _, c := range codes {
		names, about = append(names, c.name), append(about, "- `"+c.name+"`: "+c.meaning)
	}
	body := ref("schemas", "ErrorBody")
	add(body, "properties", object("error", object("properties", object("code", object("enum", names)))))
	return object(
		"description", strings.Join(about, "\n"), "headers", h.sent(r, status, names...),
		"content", object("application/json", object("schema", body)),
	)
}

// sent are the headers of an answer, of a refusal with the codes.
func (h *head) sent(r route, status int, codes ...string) *yaml.Node {
	_, done := r.Answer[status]
	var names []string
	if !r.Bare || !done && r.limit() != "none" {
		names = append(names, "X-Request-Id")
	}
	if r.limit() != "none" && len(names) > 0 {
		names = append(names, "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
	}
	switch status {
	case 200, 201:
		if len(r.Headers) > 0 {
			names = append(names, "Set-Cookie")
		}
	case 405:
		names = append(names, "Allow")
	case 401:
		names = append(names, "WWW-Authenticate")
	case 403:
		if slices.Contains(codes, "account_locked") {
			names = append(names, "Retry-After")
		}
	case 429, 503:
		names = append(names, "Retry-After")
	}
	all := object()
	for _, name := range names {
		add(all, name, ref("headers", name))
	}
	return all
}
