package spectest

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/lair-chat/lair/proto/client/spec"
)

// document is the OpenAPI document, ready to be asked.
type document struct {
	root       map[string]any
	operations map[string]map[string]any // by pattern, as "GET /health"
	mux        *http.ServeMux
	frames     map[string]bool // the types that the other document has

	mu       sync.Mutex
	compiler *jsonschema.Compiler
	compiled map[string]*jsonschema.Schema
	number   int // of schemas that were tried
}

const (
	openapi  = "mem:///openapi.json"
	asyncapi = "mem:///asyncapi.json"
)

func open() (*document, error) {
	root, err := parse(spec.OpenAPIJSON)
	if err != nil {
		return nil, err
	}
	frames, err := parse(spec.AsyncAPIJSON)
	if err != nil {
		return nil, err
	}
	strict(root)
	strict(frames)
	// What the document cannot say, that an event is one of the other document,
	// is checked all the same.
	components(root)["Frame"] = map[string]any{"anyOf": events(frames)}
	d := &document{
		root: root, operations: map[string]map[string]any{}, mux: http.NewServeMux(),
		compiler: compiler(), compiled: map[string]*jsonschema.Schema{}, frames: map[string]bool{},
	}
	for kind := range messages(frames) {
		d.frames[kind] = true
	}
	for address, v := range map[string]any{openapi: root, asyncapi: frames} {
		if err := d.compiler.AddResource(address, v); err != nil {
			return nil, err
		}
	}
	for path, item := range root["paths"].(map[string]any) { //nolint:forcetypeassert // our own document
		for method, op := range item.(map[string]any) { //nolint:forcetypeassert // our own document
			pattern := strings.ToUpper(method) + " " + path
			d.operations[pattern] = op.(map[string]any) //nolint:forcetypeassert // our own document
			d.mux.Handle(pattern, http.NotFoundHandler())
		}
	}
	return d, nil
}

func compiler() *jsonschema.Compiler {
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	return c
}

func parse(text []byte) (map[string]any, error) {
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	return v.(map[string]any), nil //nolint:forcetypeassert // our own document
}

func components(root map[string]any) map[string]any {
	return root["components"].(map[string]any)["schemas"].(map[string]any) //nolint:forcetypeassert // our own document
}

func messages(frames map[string]any) map[string]any {
	return frames["components"].(map[string]any)["messages"].(map[string]any) //nolint:forcetypeassert // our own document
}

// events are references to what servers send.
func events(frames map[string]any) (all []any) {
	for kind := range messages(frames) {
		all = append(all, map[string]any{"$ref": asyncapi + "#/components/messages/" + kind + "/payload"})
	}
	return all
}

// strict forbids fields that the schemas do not have.
func strict(root map[string]any) {
	for _, s := range components(root) {
		closed(s)
	}
}

func closed(v any) {
	s, ok := v.(map[string]any)
	if !ok {
		return
	}
	if properties, ok := s["properties"].(map[string]any); ok {
		if _, said := s["additionalProperties"]; !said {
			s["additionalProperties"] = false
		}
		for _, p := range properties {
			closed(p)
		}
	}
	closed(s["items"])
}

// route returns the pattern that a request falls under, "" for none.
func (d *document) route(method, p string) string {
	_, pattern := d.mux.Handler(&http.Request{Method: method, URL: &url.URL{Path: p}})
	if _, ok := d.operations[pattern]; !ok || p != path.Clean(p) {
		return ""
	}
	return pattern
}

// find returns what a reference within the document means.
func find(root map[string]any, ref string) any {
	var v any = root
	for part := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
		m, _ := v.(map[string]any)
		v = m[part]
	}
	return v
}

// compile makes a schema of its text, whose references are to the document.
func (d *document) compile(text string) (*jsonschema.Schema, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if s := d.compiled[text]; s != nil {
		return s, nil
	}
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(strings.ReplaceAll(text, `"#/`, `"`+openapi+`#/`)))
	if err != nil {
		return nil, err
	}
	d.number++
	address := fmt.Sprintf("mem:///answer/%d", d.number)
	if err := d.compiler.AddResource(address, v); err != nil {
		return nil, err
	}
	s, err := d.compiler.Compile(address)
	if err == nil {
		d.compiled[text] = s
	}
	return s, err
}

// Frame returns what the document of the sockets does not say about a frame.
func Frame(kind string, text []byte) error {
	d, err := load()
	if err != nil {
		return err
	}
	if !d.frames[kind] {
		return fmt.Errorf("frames of the type %s are in no document: describe them in proto/client/spec/source/frames.yaml under commands or events, then make generate", kind)
	}
	s, err := d.compile(`{"$ref":"` + asyncapi + `#/components/messages/` + kind + `/payload"}`)
	if err != nil {
		return err
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	if err := s.Validate(v); err != nil {
		return fmt.Errorf("%s is not as proto/client/spec/source/frames.yaml says:\n%s\n%w", kind, text, err)
	}
	return nil
}

// Object returns what the document does not say about an object.
func Object(name string, text []byte) error {
	d, err := load()
	if err != nil {
		return err
	}
	s, err := d.compile(`{"$ref":"#/components/schemas/` + name + `"}`)
	if err != nil {
		return err
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	if err := s.Validate(v); err != nil {
		return fmt.Errorf("%s is not as proto/client/spec/source says:\n%s\n%w", name, text, err)
	}
	return nil
}
