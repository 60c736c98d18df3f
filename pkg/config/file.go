package config

import (
	"fmt"
	"os"
	"strings"
)

// FileOf returns the variable that names the file in which the secret is that
// would be in the variable name. The environment of a process is seen by more
// eyes than its files are.
func FileOf(name string) string { return name + "_FILE" }

// fetch puts the content of its file into vars, if there is one. A line end
// after the last line is not part of a secret.
func (f field) fetch(vars map[string]string) error {
	path, ok := vars[FileOf(f.name)]
	if !f.secret || !ok {
		return nil
	}
	if _, ok := vars[f.name]; ok {
		return fmt.Errorf("%s and %s are both set", f.name, FileOf(f.name))
	}
	text, err := os.ReadFile(path) //nolint:gosec // the operator's own file
	if err != nil {
		return fmt.Errorf("%s: %w", FileOf(f.name), err)
	}
	value := strings.TrimRight(string(text), "\r\n")
	if value == "" {
		return fmt.Errorf("%s: the file %s is empty", FileOf(f.name), path)
	}
	vars[f.name] = value
	return nil
}
