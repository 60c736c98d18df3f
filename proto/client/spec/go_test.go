package spec_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// field is a field of a Go type as JSON has it.
type field struct {
	kind   string // string, integer, boolean, array, object, any, or the name of another type
	always bool   // it is there even without a value
}

// goTypes reads the types of clientv1 that have JSON fields, with those of what
// is embedded in them.
func goTypes(t *testing.T) map[string]map[string]field {
	t.Helper()
	paths, err := filepath.Glob("../v1/*.go")
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	structs := map[string]*ast.StructType{}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if spec, ok := n.(*ast.TypeSpec); ok && spec.Name.IsExported() {
				if s, ok := spec.Type.(*ast.StructType); ok {
					structs[spec.Name.Name] = s
				}
			}
			return true
		})
	}
	types := map[string]map[string]field{}
	for name, s := range structs {
		fields := map[string]field{}
		collect(structs, s, fields)
		if len(fields) > 0 {
			types[name] = fields
		}
	}
	return types
}

func collect(structs map[string]*ast.StructType, s *ast.StructType, fields map[string]field) {
	for _, f := range s.Fields.List {
		if f.Tag == nil {
			if embedded, ok := f.Type.(*ast.Ident); ok && len(f.Names) == 0 && structs[embedded.Name] != nil {
				collect(structs, structs[embedded.Name], fields)
			}
			continue
		}
		tag := reflect.StructTag(strings.Trim(f.Tag.Value, "`")).Get("json")
		name, options, _ := strings.Cut(tag, ",")
		if name == "" || name == "-" {
			continue
		}
		fields[name] = field{kindOf(f.Type), !strings.Contains(options, "omit")}
	}
}

// kindOf is the type of a field as a schema names it.
func kindOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return kindOf(e.X)
	case *ast.ArrayType:
		return "array"
	case *ast.MapType:
		return "object"
	case *ast.SelectorExpr: // of package id
		return "Id"
	case *ast.Ident:
		switch e.Name {
		case "string", "Change":
			return "string"
		case "bool":
			return "boolean"
		case "int", "int64", "uint32", "int32", "uint64":
			return "integer"
		}
		return e.Name
	}
	return "any"
}
