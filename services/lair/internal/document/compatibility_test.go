package document_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	namedTest = regexp.MustCompile("`([a-z0-9/]+)\\.(Test\\w+)(?:/(\\w+))?`")
	entry     = regexp.MustCompile(`(?m)^\| [^|]+ \| [^|]+ \|`)
)

// source returns the Go files of a package that have tests, and of the contract
// that it may run.
func source(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	for _, pattern := range []string{dir + "/*_test.go", filepath.Dir(dir) + "/storetest/*.go"} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			all.Write(text)
		}
	}
	return all.String()
}

// What stands beside 0.8 is held by tests, and they are there.
func TestTestsThatHoldCompatibilityAreThere(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs/compatibility.md"))
	if err != nil {
		t.Fatal(err)
	}
	sources := map[string]string{}
	tests := namedTest.FindAllStringSubmatch(string(text), -1)
	for _, found := range tests {
		dir, name, part := found[1], found[2], found[3]
		if _, read := sources[dir]; !read {
			sources[dir] = source(t, dir)
		}
		if !strings.Contains(sources[dir], "func "+name+"(t *testing.T)") {
			t.Errorf("there is no %s in %s", name, dir)
		}
		if part != "" && !strings.Contains(sources[dir], `"`+part+`"`) {
			t.Errorf("there is no %s/%s in %s", name, part, dir)
		}
	}
	if entries := len(entry.FindAllString(string(text), -1)); entries < 60 || len(tests) < entries {
		t.Errorf("%d tests are named for %d entries", len(tests), entries)
	}
}
