// Package document puts the documents of the API together: openapi.yaml of the
// HTTP API and asyncapi.yaml of the sockets, and both as JSON. The sources, in
// proto/client/spec/source, say each thing once; here what follows from them is
// added, such as the errors of every route that takes a token.
package document

import (
	"fmt"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v3"
)

// Files returns the documents by their names, made from the sources in a folder
// and the golden files of frames in another one.
func Files(source, goldens string) (map[string]string, error) {
	files := map[string]string{}
	for name, build := range map[string]func() (*yaml.Node, error){
		"openapi":  func() (*yaml.Node, error) { return openAPI(source) },
		"asyncapi": func() (*yaml.Node, error) { return asyncAPI(source, goldens) },
	} {
		n, err := build()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if files[name+".yaml"], err = asYAML(n); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		files[name+".json"] = asJSON(n)
	}
	return files, nil
}

// read reads a source into v.
func read(folder, name string, v any) error {
	text, err := os.ReadFile(filepath.Join(folder, name)) //nolint:gosec // a source of this repository
	if err != nil {
		return err
	}
	d := yaml.NewDecoder(newReader(text))
	d.KnownFields(true)
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// schemas reads the objects and the bodies as they are put into a document.
func schemas(folder string, names ...string) (*yaml.Node, error) {
	all := object()
	for _, name := range names {
		var n yaml.Node
		if err := read(folder, name, &n); err != nil {
			return nil, err
		}
		for key, value := range fields(n.Content[0]) {
			all.Content = append(all.Content, text(key), schema(value))
		}
	}
	return all, nil
}

// schema makes a schema of how it is written in the sources: names of others
// become references, and what has properties is an object.
func schema(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.SequenceNode {
		list := &yaml.Node{Kind: yaml.SequenceNode}
		for _, x := range n.Content {
			list.Content = append(list.Content, schema(x))
		}
		return list
	}
	if n.Kind != yaml.MappingNode {
		return plain(n)
	}
	out := object()
	if at(n, "type") == nil && at(n, "properties") != nil {
		out.Content = append(out.Content, text("type"), text("object"))
	}
	for key, value := range fields(n) {
		switch key {
		case "$ref":
			value = text("#/components/schemas/" + value.Value)
		case "example": // OpenAPI 3.1 wants the word of JSON Schema
			key, value = "examples", list(plain(value))
		case "enum", "const":
			if at(n, "type") == nil {
				out.Content = append(out.Content, text("type"), text(kind(value)))
			}
			value = plain(value)
		case "properties":
			all := object()
			for name, property := range fields(value) {
				all.Content = append(all.Content, text(name), schema(property))
			}
			value = all
		default:
			value = schema(value)
		}
		out.Content = append(out.Content, text(key), value)
	}
	return out
}

// kind is the type of a value that is given.
func kind(n *yaml.Node) string {
	if n.Kind == yaml.SequenceNode {
		n = n.Content[0]
	}
	if n.Tag == "!!bool" {
		return "boolean"
	}
	return "string"
}
