// Command grafana writes the dashboards of Lair Chat for Grafana. They are a
// program because panels that mean the same must look and read the same, which
// files of many thousand lines do not stay.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: grafana DIRECTORY")
		os.Exit(2)
	}
	for name, text := range files() {
		if err := os.WriteFile(filepath.Join(os.Args[1], name), text, 0o644); err != nil { //nolint:gosec // Grafana reads them as another user
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

// boards are in the order of the links at the top of each.
func boards() []board {
	return []board{overview(), gateway(), delivery(), auth(), room(), message(), presence(), databases()}
}

// files are the dashboards as Grafana reads them, by name.
func files() map[string][]byte {
	all := boards()
	out := map[string][]byte{}
	for _, b := range all {
		var text bytes.Buffer
		e := json.NewEncoder(&text)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := e.Encode(dashboard(b, all)); err != nil {
			panic(err) // it is maps of strings and numbers
		}
		out[b.name+".json"] = text.Bytes()
	}
	return out
}
