// Command manual writes docs/configuration.md, the list of the variables, and the
// documents of the API in proto/client/spec.
// It runs in the root of the repository.
package main

import (
	"log"
	"os"

	"github.com/lair-chat/lair/services/lair/internal/document"
	"github.com/lair-chat/lair/services/lair/internal/manual"
)

func main() {
	pages := map[string]string{
		"docs/configuration.md": manual.Configuration(),
		"pkg/process/names.txt": manual.Names(),
	}
	documents, err := document.Files("proto/client/spec/source", "proto/client/v1/testdata")
	if err != nil {
		log.Fatal(err)
	}
	for name, text := range documents {
		pages["proto/client/spec/"+name] = text
	}
	for path, text := range pages {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil { //nolint:gosec // pages for everybody
			log.Fatal(err)
		}
	}
}
