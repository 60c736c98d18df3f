package document

import (
	"bytes"
	"encoding/json"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

func newReader(text []byte) io.Reader { return bytes.NewReader(text) }

// object returns a mapping of keys and values, which take turns.
func object(pairs ...any) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for pair := range slices.Chunk(pairs, 2) {
		add(n, pair[0].(string), pair[1]) //nolint:forcetypeassert // a key
	}
	return n
}

// add appends a key and its value.
func add(n *yaml.Node, key string, value any) { n.Content = append(n.Content, text(key), node(value)) }

func list(items ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Content: items}
}

func texts(all []string) *yaml.Node {
	n := list()
	for _, s := range all {
		n.Content = append(n.Content, text(s))
	}
	return n
}

// text returns a string; one of more than a line is written as a block.
func text(s string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: strings.TrimSpace(s)}
	if strings.Contains(n.Value, "\n") {
		n.Style = yaml.LiteralStyle
	}
	return n
}

func node(v any) *yaml.Node {
	switch v := v.(type) {
	case *yaml.Node:
		return v
	case string:
		return text(v)
	case bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: strconv.FormatBool(v)}
	case []string:
		return texts(v)
	}
	panic("neither a node nor a text")
}

// ref refers to a component.
func ref(kind, name string) *yaml.Node { return object("$ref", "#/components/"+kind+"/"+name) }

// fields are the keys and values of a mapping, in order.
func fields(n *yaml.Node) iter.Seq2[string, *yaml.Node] {
	return func(yield func(string, *yaml.Node) bool) {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !yield(n.Content[i].Value, n.Content[i+1]) {
				return
			}
		}
	}
}

// at returns the value of a key, nil if there is none.
func at(n *yaml.Node, key string) *yaml.Node {
	for k, v := range fields(n) {
		if k == key {
			return v
		}
	}
	return nil
}

// plain is a node without comments and styles.
func plain(n *yaml.Node) *yaml.Node {
	out := &yaml.Node{Kind: n.Kind, Tag: n.ShortTag(), Value: n.Value}
	if out.Tag == "!!timestamp" {
		out.Tag = "!!str"
	}
	for _, c := range n.Content {
		out.Content = append(out.Content, plain(c))
	}
	return out
}

func asYAML(n *yaml.Node) (string, error) {
	var b strings.Builder
	b.WriteString("# Made by `make generate` from the files in the folder source.\n")
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	err := e.Encode(n)
	return b.String(), err
}

// asJSON keeps the order of fields.
func asJSON(n *yaml.Node) string {
	var b bytes.Buffer
	writeJSON(&b, n)
	var out bytes.Buffer
	if err := json.Indent(&out, b.Bytes(), "", " "); err != nil {
		panic(err) // it was made of whole values
	}
	return out.String() + "\n"
}

func writeJSON(b *bytes.Buffer, n *yaml.Node) {
	switch n.Kind {
	case yaml.MappingNode:
		b.WriteByte('{')
		for i := 0; i < len(n.Content); i += 2 {
			if i > 0 {
				b.WriteByte(',')
			}
			quote(b, n.Content[i].Value)
			b.WriteByte(':')
			writeJSON(b, n.Content[i+1])
		}
		b.WriteByte('}')
	case yaml.SequenceNode:
		b.WriteByte('[')
		for i, c := range n.Content {
			if i > 0 {
				b.WriteByte(',')
			}
			writeJSON(b, c)
		}
		b.WriteByte(']')
	default:
		if tag := n.ShortTag(); tag == "!!int" || tag == "!!float" || tag == "!!bool" || tag == "!!null" {
			b.WriteString(strings.Replace(n.Value, "~", "null", 1))
			return
		}
		quote(b, n.Value)
	}
}

func quote(b *bytes.Buffer, s string) {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic(err) // texts can always be encoded
	}
}
