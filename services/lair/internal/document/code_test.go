package document_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const root = "../../../../"

// elsewhere are the codes that no answer over HTTP has, and why.
var elsewhere = map[string]string{
	"invalid_message": "sockets", "unauthorized": "sockets", "invalid_state": "sockets", "unsupported": "sockets",
	"not_implemented": "sockets", "not_supported": "sockets", "invalid_id": "sockets", "not_found": "sockets",
	"slow_reader": "sockets", "timeout": "sockets", "going_away": "sockets, and between processes",
	"session_revoked": "sockets", "version_mismatch": "sockets", "frame_too_large": "sockets", "invalid_utf8": "sockets",
	"protocol_error": "sockets", "conflict": "only a peer that is none of ours",
}

// TestEveryCodeIsInTheDocument looks for codes where they are made: in calls and
// composite literals that name a kind of fault or a status beside the code.
func TestEveryCodeIsInTheDocument(t *testing.T) {
	var doc struct {
		Codes map[string]string `json:"x-codes"`
	}
	text, err := os.ReadFile(root + "proto/client/spec/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	made := codes(t)
	if len(made) < 50 {
		t.Fatalf("only %d codes were found", len(made))
	}
	for code, where := range made {
		if doc.Codes[code] == "" && elsewhere[code] == "" {
			t.Errorf("%s makes the code %s, which is not in proto/client/spec/source: put it under codes in head.yaml, and under errors of the routes in routes.yaml that answer so", where, code)
		}
	}
	for code := range doc.Codes {
		if made[code] == "" {
			t.Errorf("nothing makes the code %s of proto/client/spec/source/head.yaml", code)
		}
	}
	for code := range elsewhere {
		if made[code] == "" {
			t.Errorf("nothing makes the code %s any more", code)
		}
	}
}

// codes returns all codes and a place where each is made.
func codes(t *testing.T) map[string]string {
	t.Helper()
	made := map[string]string{}
	for _, folder := range []string{"services", "pkg/fault", "pkg/rpc", "pkg/token", "proto/client/v1"} {
		err := filepath.WalkDir(root+folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") ||
				strings.HasSuffix(filepath.Dir(path), "test") || strings.Contains(path, "/lair/") {
				return err
			}
			f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			ast.Inspect(f, func(n ast.Node) bool {
				for _, code := range inside(n) {
					made[code] = strings.TrimPrefix(path, root)
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return made
}

var word = regexp.MustCompile(`^[a-z]+(_[a-z0-9]+)+$|^(busy|unavailable|unauthorized|unsupported|timeout|conflict)$`)

// inside returns the codes that a node makes.
func inside(n ast.Node) []string {
	switch n := n.(type) {
	case *ast.CallExpr: // fault.New(kind, code, …), fault.Wrap(err, kind, code, …), c.pathID(name, code)
		name := called(n.Fun)
		if name == "pathID" && len(n.Args) == 2 {
			return texts(n.Args[1:])
		}
		if name == "fault.New" || name == "fault.Wrap" || name == "New" || name == "Wrap" {
			return texts(n.Args[:min(len(n.Args), 3)])
		}
		if name == "refuse" { // of WebSockets
			return texts(n.Args)
		}
	case *ast.CompositeLit: // refusal{status, code, text}, table of kinds, and fields that are called Code
		if len(n.Elts) == 3 {
			if _, keyed := n.Elts[0].(*ast.KeyValueExpr); !keyed {
				return texts(n.Elts[1:])
			}
		}
	case *ast.KeyValueExpr:
		if key, ok := n.Key.(*ast.Ident); ok && strings.EqualFold(key.Name, "code") {
			return texts([]ast.Expr{n.Value})
		}
	case *ast.ValueSpec: // constants
		if name := n.Names[0].Name; strings.HasPrefix(name, "Code") || name == "peerRefused" {
			return texts(n.Values)
		}
	}
	return nil
}

func called(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		if x, ok := e.X.(*ast.Ident); ok && x.Name == "fault" {
			return "fault." + e.Sel.Name
		}
		return e.Sel.Name
	}
	return ""
}

func texts(list []ast.Expr) (all []string) {
	for _, e := range list {
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if s, err := strconv.Unquote(lit.Value); err == nil && word.MatchString(s) && !slices.Contains(all, s) {
				all = append(all, s)
			}
		}
	}
	return all
}
