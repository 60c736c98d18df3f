package document

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// frames is frames.yaml.
type frames struct {
	Title, Description                       string
	Commands, Inside, Answers, Events, Forms yaml.Node
}

// paper is an AsyncAPI document that is being put together.
type paper struct {
	goldens  string
	schemas  *yaml.Node
	messages *yaml.Node
	says     map[bool][]string // what clients (true) and servers say
}

func asyncAPI(source, goldens string) (*yaml.Node, error) {
	var f frames
	if err := read(source, "frames.yaml", &f); err != nil {
		return nil, err
	}
	p := &paper{goldens: goldens, messages: object(), says: map[bool][]string{}}
	var err error
	if p.schemas, err = schemas(source, "objects.yaml"); err != nil {
		return nil, err
	}
	for name, n := range fields(&f.Inside) {
		add(p.schemas, name, schema(n))
	}
	for name, n := range fields(&f.Answers) {
		add(p.schemas, name, answer(n))
	}
	for name, n := range fields(&f.Forms) {
		add(p.schemas, name, framed(n))
	}
	for kind, n := range fields(&f.Commands) {
		if err := p.command(kind, n); err != nil {
			return nil, err
		}
	}
	for kind, n := range fields(&f.Events) {
		names := []string{at(n, "form").Value}
		if other := at(n, "other"); other != nil {
			names = append(names, other.Value)
		}
		if err := p.message(false, kind, at(n, "summary").Value, names...); err != nil {
			return nil, err
		}
	}
	whole := p.whole(f)
	for p.prune(whole) {
	}
	return whole, nil
}

// prune takes away the schemas that nothing refers to, those of HTTP alone, and
// says if there were any.
func (p *paper) prune(whole *yaml.Node) bool {
	text, kept := asJSON(whole), object()
	for name, n := range fields(p.schemas) {
		if strings.Contains(text, `"#/components/schemas/`+name+`"`) {
			add(kept, name, n)
		}
	}
	pruned := len(kept.Content) < len(p.schemas.Content)
	p.schemas.Content = kept.Content
	return pruned
}

// command adds a command and its answer.
func (p *paper) command(kind string, n *yaml.Node) error {
	s := object("type", "object")
	required := list(text("type"))
	if more := at(n, "required"); more != nil {
		required.Content = append(required.Content, plain(more).Content...)
	}
	add(s, "required", required)
	properties := object("type", object("type", "string"), "request_id", object("type", "string", "description", "Is in the answer again."))
	if more := at(n, "properties"); more != nil {
		for name, property := range fields(more) {
			add(properties, name, schema(property))
		}
	}
	add(s, "properties", properties)
	add(p.schemas, kind, s)
	if err := p.message(true, kind, at(n, "summary").Value, kind); err != nil {
		return err
	}
	if form := at(n, "answer"); form != nil && strings.HasSuffix(form.Value, "Response") {
		return p.message(false, kind+"_response", "Answers `"+kind+"`.", form.Value)
	}
	return nil
}

// message adds a frame that has one of the forms, with its golden files.
func (p *paper) message(client bool, kind, summary string, forms ...string) error {
	examples, err := p.examples(kind)
	if err != nil {
		return err
	}
	var refs []*yaml.Node
	for _, form := range forms {
		if at(p.schemas, form) == nil {
			return fmt.Errorf("frames.yaml has no %s, which %s should be", form, kind)
		}
		refs = append(refs, ref("schemas", form))
	}
	payload := list(refs...)
	if len(refs) > 1 {
		payload = list(object("anyOf", list(refs...)))
	}
	payload.Content = append(payload.Content, object("type", "object", "properties", object("type", object("type", "string", "const", kind))))
	add(p.messages, kind, object(
		"name", kind, "summary", summary, "contentType", "application/json",
		"payload", object("allOf", payload), "examples", examples,
	))
	p.says[client] = append(p.says[client], kind)
	return nil
}

func (p *paper) examples(kind string) (*yaml.Node, error) {
	all := list()
	paths, err := filepath.Glob(filepath.Join(p.goldens, kind+".*json"))
	if err != nil {
		return nil, err
	}
	slices.Sort(paths)
	for _, path := range paths {
		content, err := os.ReadFile(path) //nolint:gosec // a golden file
		if err != nil {
			return nil, err
		}
		var n yaml.Node
		if err := yaml.Unmarshal(content, &n); err != nil { // JSON is YAML
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		all.Content = append(all.Content, object("name", strings.TrimSuffix(filepath.Base(path), ".json"), "payload", plain(n.Content[0])))
	}
	if len(all.Content) == 0 {
		return nil, fmt.Errorf("%s has no golden file in %s", kind, p.goldens)
	}
	return all, nil
}

// framed adds the type to a form.
func framed(n *yaml.Node) *yaml.Node {
	s := schema(n)
	required, properties := at(s, "required"), at(s, "properties")
	required.Content = slices.Concat([]*yaml.Node{text("type")}, required.Content)
	properties.Content = slices.Concat([]*yaml.Node{text("type"), object("type", "string")}, properties.Content)
	return s
}

// answer adds what every answer to a command has.
func answer(n *yaml.Node) *yaml.Node {
	s := object("type", "object")
	if about := at(n, "description"); about != nil {
		add(s, "description", plain(about))
	}
	required := texts([]string{"type", "request_id", "success"})
	if more := at(n, "required"); more != nil {
		required.Content = append(required.Content, plain(more).Content...)
	}
	add(s, "required", required)
	properties := object(
		"type", object("type", "string"),
		"request_id", object("type", []string{"string", "null"}, "description", "What the command had."),
		"success", object("type", "boolean"),
		"error", ref("schemas", "Error"),
	)
	if more := at(n, "properties"); more != nil {
		for name, property := range fields(more) {
			add(properties, name, schema(property))
		}
	}
	add(s, "properties", properties)
	succeeded := object("not", object("required", []string{"error"}))
	failed := object("required", []string{"error"})
	if names := at(n, "success"); names != nil {
		add(succeeded, "required", plain(names))
	}
	add(s, "if", object("properties", object("success", object("const", true))))
	add(s, "then", succeeded)
	add(s, "else", failed)
	return s
}

// whole puts everything together: both channels have the same frames.
func (p *paper) whole(f frames) *yaml.Node {
	channels, operations := object(), object()
	for _, c := range []struct{ name, address, about string }{
		{"webSocket", "/ws", "One frame is one text message. The port is `LAIR_HTTP_PORT`, with a certificate `LAIR_HTTPS_PORT`."},
		{"tcp", "", "A frame is four bytes with the length, and then the JSON. The port is `LAIR_TCP_PORT`."},
	} {
		all := object()
		for kind := range fields(p.messages) {
			add(all, kind, ref("messages", kind))
		}
		channel := object()
		if c.address != "" {
			add(channel, "address", c.address)
		}
		add(channel, "description", c.about)
		add(channel, "messages", all)
		add(channels, c.name, channel)
		for _, client := range []bool{true, false} {
			action := map[bool]string{true: "receive", false: "send"}[client]
			refs := list()
			for _, kind := range p.says[client] {
				refs.Content = append(refs.Content, object("$ref", "#/channels/"+c.name+"/messages/"+kind))
			}
			add(operations, action+strings.ToUpper(c.name[:1])+c.name[1:], object(
				"action", action, "summary", map[bool]string{true: "What clients say.", false: "What the server says."}[client],
				"channel", object("$ref", "#/channels/"+c.name), "messages", refs,
			))
		}
	}
	return object(
		"asyncapi", "3.0.0",
		"info", object("title", f.Title, "version", "1.0.0", "description", f.Description),
		"defaultContentType", "application/json",
		"channels", channels, "operations", operations,
		"components", object("messages", p.messages, "schemas", p.schemas),
	)
}
