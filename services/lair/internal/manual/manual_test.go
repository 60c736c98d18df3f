package manual_test

import (
	"os"
	"testing"

	"github.com/lair-chat/lair/services/lair/internal/document"
	"github.com/lair-chat/lair/services/lair/internal/manual"
)

func TestPagesAreFresh(t *testing.T) {
	const root = "../../../../"
	pages := map[string]string{
		root + "docs/configuration.md": manual.Configuration(),
		root + "pkg/process/names.txt": manual.Names(),
	}
	documents, err := document.Files(root+"proto/client/spec/source", root+"proto/client/v1/testdata")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range documents {
		pages[root+"proto/client/spec/"+name] = text
	}
	for path, want := range pages {
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("%s is stale: run make generate", path)
		}
	}
}
