package system

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/lair-chat/lair/pkg/config"
)

// secret returns LAIR_JWT_SECRET, or else the secret in the data folder, which
// is made at the first start.
func (c Config) secret() (config.Secret, error) {
	if c.Auth.Secret.Reveal() != "" {
		return c.Auth.Secret, nil
	}
	path := filepath.Join(c.Data.Dir, "secret")
	text, err := os.ReadFile(path) //nolint:gosec // the operator's own folder
	if errors.Is(err, fs.ErrNotExist) {
		// With PostgreSQL nobody else has made the folder.
		if err := c.makeDir(); err != nil {
			return "", err
		}
		return makeSecret(path)
	}
	if err != nil {
		return "", fmt.Errorf("LAIR_JWT_SECRET is not set, and its file cannot be read: %w", err)
	}
	return config.Secret(strings.TrimSpace(string(text))), nil
}

func makeSecret(path string) (config.Secret, error) {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails
	text := base64.StdEncoding.EncodeToString(raw)
	// O_EXCL: of two processes that start at once one must not lose its secret.
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the operator's own folder
	if err != nil {
		return "", fmt.Errorf("make a secret: %w", err)
	}
	_, err = f.WriteString(text + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", fmt.Errorf("make a secret: %w", err)
	}
	return config.Secret(text), nil
}
