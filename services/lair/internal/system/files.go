package system

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// SQLitePath returns the data file that the configuration names; ok is false if it
// names PostgreSQL.
func (c Config) SQLitePath() (path string, ok bool, err error) { return c.sqlitePath() }

// MakeDir makes the data folder, for its owner only.
func (c Config) MakeDir() error { return c.makeDir() }

// SecretPath is where the secret is kept if LAIR_JWT_SECRET is not set.
func (c Config) SecretPath() string { return filepath.Join(c.Data.Dir, "secret") }

// KeptSecret returns the secret in the data folder; it is empty if LAIR_JWT_SECRET is
// set, or there is none yet.
func (c Config) KeptSecret() (string, error) {
	if c.Auth.Secret.Reveal() != "" {
		return "", nil
	}
	text, err := os.ReadFile(c.SecretPath())
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return strings.TrimSpace(string(text)), err
}
