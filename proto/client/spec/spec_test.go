package spec_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lair-chat/lair/proto/client/spec"
	"github.com/lair-chat/lair/proto/client/spec/spectest"
)

// schema is what the tests look at of a schema.
type schema struct {
	Ref        string            `json:"$ref"`
	Type       any               `json:"type"`
	Required   []string          `json:"required"`
	Properties map[string]schema `json:"properties"`
	AnyOf      []schema          `json:"anyOf"`
	Examples   []json.RawMessage `json:"examples"`
}

// name is the name of the schema that one refers to, or its type.
func (s schema) name() string {
	if len(s.AnyOf) > 0 {
		return s.AnyOf[0].name()
	}
	if s.Ref != "" {
		return s.Ref[strings.LastIndex(s.Ref, "/")+1:]
	}
	if all, ok := s.Type.([]any); ok {
		return all[0].(string)
	}
	kind, _ := s.Type.(string)
	return kind
}

type document struct {
	Paths map[string]map[string]struct {
		RequestBody struct {
			Content map[string]struct{ Schema schema }
		}
	}
	Components struct {
		Schemas  map[string]schema
		Messages map[string]json.RawMessage
	}
}

func read(t *testing.T, text []byte) (d document) {
	t.Helper()
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// asked are the schemas of requests, with what is in them.
func asked(d document) map[string]bool {
	all := map[string]bool{}
	var visit func(name string)
	visit = func(name string) {
		s, ok := d.Components.Schemas[name]
		if !ok || all[name] {
			return
		}
		all[name] = true
		for _, p := range s.Properties {
			visit(p.name())
		}
	}
	for _, path := range d.Paths {
		for _, op := range path {
			for _, body := range op.RequestBody.Content {
				visit(body.Schema.name())
			}
		}
	}
	return all
}

func TestSchemasAreTheTypesOfTheCode(t *testing.T) {
	types, http, frames := goTypes(t), read(t, spec.OpenAPIJSON), read(t, spec.AsyncAPIJSON)
	requests := asked(http)
	// Those are inside others, or are described by many schemas.
	for _, inside := range []string{"Place", "Command"} {
		delete(types, inside)
	}
	if len(types) < 60 {
		t.Fatalf("only %d types were found", len(types))
	}
	for name, fields := range types {
		s, ok := http.Components.Schemas[name]
		file := "bodies.yaml or objects.yaml"
		if !ok {
			s, ok = frames.Components.Schemas[name]
			file = "frames.yaml"
		}
		if !ok {
			t.Errorf("clientv1.%s is in no document: put a schema %s into proto/client/spec/source, bodies.yaml (of HTTP), frames.yaml (of sockets) or objects.yaml (of both)", name, name)
			continue
		}
		compare(t, name+" in proto/client/spec/source/"+file, fields, s, requests[name])
	}
	extra := slices.Concat(slices.Collect(maps.Keys(http.Components.Schemas)), slices.Collect(maps.Keys(frames.Components.Schemas)))
	for _, name := range extra {
		_, known := types[name]
		// The first three are texts; the others are no types of clientv1.
		if !known && !slices.Contains([]string{"Id", "Time", "Offset", "Frame", "Health", "Readiness", "State", "CertificateState"}, name) && frames.Components.Messages[name] == nil {
			t.Errorf("the schema %s in proto/client/spec/source is no type of clientv1", name)
		}
	}
}

// compare says what a type and its schema have not in common.
func compare(t *testing.T, where string, fields map[string]field, s schema, request bool) {
	t.Helper()
	for name, f := range fields {
		p, ok := s.Properties[name]
		if !ok {
			t.Errorf("%s has no property %s (%s)", where, name, f.kind)
			continue
		}
		// An id in a request may be written in many ways.
		got, loose := p.name(), f.kind == "any" || request && f.kind == "Id" && p.name() == "string"
		if got != f.kind && !loose {
			t.Errorf("%s: %s is %s, but %s in Go", where, name, got, f.kind)
		}
		if required := slices.Contains(s.Required, name); !request && required != f.always {
			t.Errorf("%s: %s is required: %v, but always there in Go: %v", where, name, required, f.always)
		}
	}
	for name := range s.Properties {
		if _, ok := fields[name]; !ok {
			t.Errorf("%s has the property %s, which the Go type has not", where, name)
		}
	}
}

func TestCommandsHaveTheFieldsOfTheCode(t *testing.T) {
	fields, frames := goTypes(t)["Command"], read(t, spec.AsyncAPIJSON)
	found := map[string]bool{}
	for name := range frames.Components.Messages {
		s, ok := frames.Components.Schemas[name]
		for property, p := range s.Properties {
			found[property] = true
			if f, known := fields[property]; ok && !known {
				t.Errorf("%s in proto/client/spec/source/frames.yaml has the property %s, which clientv1.Command has not", name, property)
			} else if known && p.name() != f.kind {
				t.Errorf("%s in proto/client/spec/source/frames.yaml: %s is %s, but %s in Go", name, property, p.name(), f.kind)
			}
		}
	}
	for name := range fields {
		if !found[name] {
			t.Errorf("no command in proto/client/spec/source/frames.yaml has the property %s of clientv1.Command", name)
		}
	}
}

func TestEveryGoldenFileIsAsTheDocumentSays(t *testing.T) {
	paths, err := filepath.Glob("../v1/testdata/*.json")
	if err != nil || len(paths) < 60 {
		t.Fatal(paths, err)
	}
	kinds := map[string]bool{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := strings.Cut(filepath.Base(path), ".")
		kinds[kind] = true
		if err := spectest.Frame(kind, text); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	// That every type in the code has a golden file is a test of clientv1.
	for kind := range read(t, spec.AsyncAPIJSON).Components.Messages {
		if !kinds[kind] {
			t.Errorf("%s in proto/client/spec/source/frames.yaml is no type of frames", kind)
		}
	}
}

func TestEverySchemaIsUsed(t *testing.T) {
	for name, text := range map[string][]byte{"openapi": spec.OpenAPIJSON, "asyncapi": spec.AsyncAPIJSON} {
		for s := range read(t, text).Components.Schemas {
			if !strings.Contains(string(text), `"#/components/schemas/`+s+`"`) {
				t.Errorf("nothing in %s.json has the schema %s", name, s)
			}
		}
	}
}

func TestExamplesAreAsTheirSchemasSay(t *testing.T) {
	n := 0
	for name, s := range read(t, spec.OpenAPIJSON).Components.Schemas {
		for _, example := range s.Examples {
			n++
			if err := spectest.Object(name, example); err != nil {
				t.Error(err)
			}
		}
	}
	if n < 30 {
		t.Errorf("only %d examples were looked at", n)
	}
}
