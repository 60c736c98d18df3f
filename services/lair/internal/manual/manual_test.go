package manual_test

import (
	"os"
	"testing"

	"github.com/lair-chat/lair/services/lair/internal/manual"
)

func TestPagesAreFresh(t *testing.T) {
	for path, want := range map[string]string{
		"../../../../docs/configuration.md": manual.Configuration(),
		"../../../../pkg/process/names.txt": manual.Names(),
	} {
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("%s is stale: run make generate", path)
		}
	}
}
