// Package spec is what clients may rely on, for programs: the HTTP API as an
// OpenAPI document and the frames of sockets as an AsyncAPI document. Both are
// made by `make generate` from the files in the folder source, which are written
// by hand. Tests hold them against what the system really answers.
package spec

import _ "embed" // the documents

// The documents, in YAML and in JSON.
var (
	//go:embed openapi.yaml
	OpenAPIYAML []byte
	//go:embed openapi.json
	OpenAPIJSON []byte
	//go:embed asyncapi.yaml
	AsyncAPIYAML []byte
	//go:embed asyncapi.json
	AsyncAPIJSON []byte
)
