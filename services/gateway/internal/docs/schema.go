package docs

import (
	"html"
	"html/template"
	"strings"
)

// Field is a field of an object, or a parameter.
type Field struct {
	Name     string
	Kind     template.HTML
	In       string // of a parameter
	Required bool
	About    template.HTML
}

// schema returns what a reference means, or the schema itself.
func (b *book) schema(s *tree) *tree {
	if name := s.ref(); name != "" {
		return b.doc.at("components", "schemas", name)
	}
	return s
}

// isObject says whether a schema has a section of its own.
func (b *book) isObject(name string) bool {
	return b.doc.at("components", "schemas", name, "properties") != nil
}

// fields are the fields of an object.
func (b *book) fields(s *tree) (all []Field) {
	for _, name := range s.at("properties").names() {
		p := s.at("properties", name)
		about := p.text("description")
		if about == "" && p.ref() != "" && !b.isObject(p.ref()) {
			about = b.schema(p).text("description")
		}
		all = append(all, Field{Name: name, Kind: b.kind(p), Required: s.at("required").has(name), About: inline(about)})
	}
	return all
}

// kind says in words of what type something is.
func (b *book) kind(s *tree) template.HTML {
	var parts []string
	switch name := s.ref(); {
	case name != "" && b.isObject(name):
		return template.HTML(`<a href="#` + name + `">` + name + `</a>`) //nolint:gosec // a name of our own document
	case name != "":
		s = b.schema(s)
	}
	if forms := s.at("anyOf").list(); forms != nil {
		for _, x := range forms {
			parts = append(parts, string(b.kind(x)))
		}
		return template.HTML(strings.Join(parts, " or ")) //nolint:gosec // was made here
	}
	if values := s.at("enum").list(); values != nil {
		for _, v := range values {
			parts = append(parts, "<code>"+html.EscapeString(v.scalar.(string))+"</code>") //nolint:forcetypeassert // they are texts
		}
		return template.HTML(strings.Join(parts, ", ")) //nolint:gosec // was made here
	}
	if v := s.at("const"); v != nil {
		return template.HTML("<code>" + html.EscapeString(quoted(v.scalar)) + "</code>") //nolint:gosec // was made here
	}
	if s.at("type").list() == nil {
		parts = append(parts, b.simple(s, s.text("type")))
	}
	for _, x := range s.at("type").list() {
		kind, _ := x.scalar.(string)
		parts = append(parts, b.simple(s, kind))
	}
	out := strings.Join(parts, " or ")
	if v := s.at("default"); v != nil {
		out += ", " + html.EscapeString(quoted(v.scalar)) + " if absent"
	}
	return template.HTML(out) //nolint:gosec // was made here
}

func (b *book) simple(s *tree, kind string) string {
	switch {
	case kind == "array":
		return "list of " + string(b.kind(s.at("items")))
	case kind == "object" && s.at("additionalProperties") != nil:
		return "map of " + string(b.kind(s.at("additionalProperties")))
	case kind == "string" && s.text("format") == "uuid":
		return "id"
	case kind == "string" && s.text("format") == "date-time":
		return "time"
	}
	return kind
}

// example returns a value that is as the schema says.
func (b *book) example(s *tree) *tree {
	if given := s.at("examples").list(); len(given) > 0 {
		return given[0]
	}
	if s.ref() != "" {
		return b.example(b.schema(s))
	}
	if forms := s.at("anyOf").list(); len(forms) > 0 {
		return b.example(forms[0])
	}
	if values := s.at("enum").list(); len(values) > 0 {
		return values[0]
	}
	if v := s.at("const"); v != nil {
		return v
	}
	if s.at("properties") != nil {
		out := &tree{fields: map[string]*tree{}}
		for _, name := range s.at("properties").names() {
			out.keys = append(out.keys, name)
			out.fields[name] = b.example(s.at("properties", name))
		}
		return out
	}
	switch s.text("type") {
	case "array":
		return &tree{items: []*tree{b.example(s.at("items"))}}
	case "object":
		return &tree{fields: map[string]*tree{}}
	case "integer":
		return &tree{scalar: 1}
	case "boolean":
		return &tree{scalar: false}
	}
	switch {
	case s.text("format") == "uuid":
		return &tree{scalar: "01a20ff2-9a84-7d26-a998-b5091221c612"}
	case s.text("pattern") == `\+00:00$`:
		return &tree{scalar: "2026-11-25T23:44:47.5+00:00"}
	case s.text("format") == "date-time":
		return &tree{scalar: "2026-11-24T23:44:47.5Z"}
	}
	return &tree{scalar: "…"}
}

func (b *book) exampleText(s *tree) string {
	var out strings.Builder
	b.example(s).write(&out, "")
	return out.String()
}
