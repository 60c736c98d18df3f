package docs

import (
	"bytes"
	"encoding/json"
	"strings"
)

// tree is a value of JSON that keeps the order of fields. A nil tree has
// nothing in it.
type tree struct {
	keys   []string
	fields map[string]*tree
	items  []*tree
	scalar any // a string, json.Number, bool or nil
}

// read reads a document, which was made with the program.
func read(text []byte) *tree {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return next(d)
}

func next(d *json.Decoder) *tree {
	t := &tree{}
	switch v := token(d).(type) {
	case json.Delim:
		if v == '{' {
			t.fields = map[string]*tree{}
		} else {
			t.items = []*tree{}
		}
		for d.More() {
			if t.items != nil {
				t.items = append(t.items, next(d))
				continue
			}
			key := token(d).(string) //nolint:forcetypeassert // JSON
			t.keys = append(t.keys, key)
			t.fields[key] = next(d)
		}
		token(d) // the end
	default:
		t.scalar = v
	}
	return t
}

func token(d *json.Decoder) any {
	v, err := d.Token()
	if err != nil {
		panic(err) // a test reads the documents
	}
	return v
}

// at follows fields; it returns nil if there is nothing.
func (t *tree) at(path ...string) *tree {
	for _, key := range path {
		if t == nil {
			return nil
		}
		t = t.fields[key]
	}
	return t
}

// text is the string at a path, "" if there is none.
func (t *tree) text(path ...string) string {
	s := ""
	if t = t.at(path...); t != nil {
		s, _ = t.scalar.(string)
	}
	return s
}

func (t *tree) names() []string {
	if t == nil {
		return nil
	}
	return t.keys
}

func (t *tree) list() []*tree {
	if t == nil {
		return nil
	}
	return t.items
}

// ref is the last name of a reference, "" if it is none.
func (t *tree) ref() string {
	s := t.text("$ref")
	return s[strings.LastIndex(s, "/")+1:]
}

// has says whether a list has a string.
func (t *tree) has(s string) bool {
	for _, x := range t.list() {
		if x.scalar == s {
			return true
		}
	}
	return false
}

// write appends the tree as JSON, each field in a line of its own.
func (t *tree) write(b *strings.Builder, indent string) {
	inner := indent + "  "
	switch {
	case t.fields != nil:
		separate := newSeparator(b, "{", "}", indent, len(t.keys))
		for _, key := range t.keys {
			separate.next()
			b.WriteString(quoted(key) + ": ")
			t.fields[key].write(b, inner)
		}
		separate.end()
	case t.items != nil:
		separate := newSeparator(b, "[", "]", indent, len(t.items))
		for _, x := range t.items {
			separate.next()
			x.write(b, inner)
		}
		separate.end()
	default:
		b.WriteString(quoted(t.scalar))
	}
}

// separator writes what is between fields.
type separator struct {
	b                   *strings.Builder
	closing, indent     string
	number, alreadyHere int
}

func newSeparator(b *strings.Builder, opening, closing, indent string, number int) *separator {
	b.WriteString(opening)
	return &separator{b: b, closing: closing, indent: indent, number: number}
}

func (s *separator) next() {
	if s.alreadyHere > 0 {
		s.b.WriteByte(',')
	}
	s.alreadyHere++
	s.b.WriteString("\n" + s.indent + "  ")
}

func (s *separator) end() {
	if s.number > 0 {
		s.b.WriteString("\n" + s.indent)
	}
	s.b.WriteString(s.closing)
}

func quoted(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // it was read from JSON
	}
	return strings.TrimSuffix(b.String(), "\n")
}
