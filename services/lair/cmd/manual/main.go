// Command manual writes docs/configuration.md and the list of the variables.
// It runs in the root of the repository.
package main

import (
	"log"
	"os"

	"github.com/lair-chat/lair/services/lair/internal/manual"
)

func main() {
	for path, text := range map[string]string{
		"docs/configuration.md": manual.Configuration(),
		"pkg/process/names.txt": manual.Names(),
	} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil { //nolint:gosec // pages for everybody
			log.Fatal(err)
		}
	}
}
