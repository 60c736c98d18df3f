package httpapi_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/lair-chat/lair/proto/client/spec/spectest"
	"github.com/lair-chat/lair/services/gateway/internal/httpapi"
)

// routes reads the patterns of all routes from the code: those of the tables of
// this package, and those that the gateway has beside it.
func routes(t *testing.T) map[string]row {
	t.Helper()
	own, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	beside, err := filepath.Glob("../../*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]row{"GET /metrics": {}} // before everything, where they are public
	for _, path := range append(own, beside...) {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CompositeLit:
				if pattern, ok := route(n.Elts); ok {
					found[pattern] = row{word(n.Elts, 1), word(n.Elts, 2)}
				}
			case *ast.CallExpr:
				if pattern, ok := route(n.Args); ok {
					found[pattern] = row{}
				}
			}
			return true
		})
	}
	return found
}

// row is what the table says of a route beside its pattern.
type row struct{ status, access string }

var pattern = regexp.MustCompile(`^(GET|POST|PUT|PATCH|DELETE) /`)

// route returns the pattern that a list of expressions begins with.
func route(list []ast.Expr) (string, bool) {
	if len(list) < 2 {
		return "", false
	}
	first, rest := list[0], ""
	if sum, ok := first.(*ast.BinaryExpr); ok && word([]ast.Expr{sum.Y}, 0) == "SocketPath" {
		first, rest = sum.X, httpapi.SocketPath
	}
	lit, ok := first.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	s += rest
	return s, err == nil && pattern.MatchString(s)
}

// word is the last name of an expression.
func word(list []ast.Expr, i int) string {
	if i >= len(list) {
		return ""
	}
	switch e := list[i].(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

func TestEveryRouteIsInTheDocument(t *testing.T) {
	documented, err := spectest.Routes()
	if err != nil {
		t.Fatal(err)
	}
	code := routes(t)
	if len(code) < 50 {
		t.Fatalf("only %d routes were found", len(code))
	}
	statuses := map[string]int{"StatusOK": 200, "StatusCreated": 201, "StatusAccepted": 202, "StatusNoContent": 204}
	for pattern, row := range code {
		r, ok := documented[pattern]
		if !ok {
			t.Errorf("%s is not in the document: describe it in proto/client/spec/source/routes.yaml, then make generate", pattern)
			continue
		}
		if want := statuses[row.status]; want != 0 && !r.Answers[want] {
			t.Errorf("%s answers %d, which is not under answer in proto/client/spec/source/routes.yaml", pattern, want)
		}
		if row.access != "" && r.Token != (row.access == "members") {
			t.Errorf("%s is for %s, but access in proto/client/spec/source/routes.yaml says that it needs a token: %v", pattern, row.access, r.Token)
		}
	}
	for pattern := range documented {
		if _, ok := code[pattern]; !ok {
			t.Errorf("%s is in proto/client/spec/source/routes.yaml, but there is no such route", pattern)
		}
	}
}

func TestAPIShowsItself(t *testing.T) {
	w := newWorld(t)
	for path, want := range map[string]struct{ media, begin string }{
		"/docs": {"text/html; charset=utf-8", "<!DOCTYPE html>"}, "/docs/style.css": {"text/css; charset=utf-8", ":root"},
		"/openapi.yaml": {"application/yaml", "# Made by"}, "/openapi.json": {"application/json", "{\n \"openapi\""},
		"/asyncapi.yaml": {"application/yaml", "# Made by"}, "/asyncapi.json": {"application/json", "{\n \"asyncapi\""},
	} {
		rec := w.do("GET", path, "", "Authorization: ")
		if rec.Code != 200 || rec.Header().Get("Content-Type") != want.media || !strings.HasPrefix(rec.Body.String(), want.begin) {
			t.Errorf("%s: %d %v %.40s", path, rec.Code, rec.Header(), rec.Body)
		}
		csp := rec.Header().Get("Content-Security-Policy")
		if !strings.HasPrefix(csp, "default-src 'none'; style-src 'self';") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: policy %s", path, csp)
		}
	}
}

// A body that has what the document says is required passes; without one of the
// fields it does not.
func TestRequiredFieldsAreRequired(t *testing.T) {
	documented, err := spectest.Routes()
	if err != nil {
		t.Fatal(err)
	}
	w, n := newWorld(t), 0
	w.made = true // no service answers
	for pattern, r := range documented {
		method, path, _ := strings.Cut(pattern, " ")
		path = regexp.MustCompile(`\{[^}]+\}`).ReplaceAllString(path, one)
		for field, body := range r.Lacking {
			n++
			if rec := w.do(method, path, body); rec.Code != 422 {
				t.Errorf("%s answers %d without %s, which is required in proto/client/spec/source/bodies.yaml: %s", pattern, rec.Code, field, rec.Body)
			}
		}
		if r.Least == "" || strings.HasSuffix(path, "/sync") || path == "/api/v1/messages" {
			continue // those two go past the services that are played
		}
		if rec := w.do(method, path, r.Least); rec.Code != 503 {
			t.Errorf("%s answers %d to a body with all that is required in proto/client/spec/source/bodies.yaml: %s %s", pattern, rec.Code, r.Least, rec.Body)
		}
	}
	if n < 15 {
		t.Errorf("only %d fields were left out", n)
	}
}
