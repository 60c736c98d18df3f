// Package system puts all services together in one process: the same code as in
// many, with a loopback in the place of the network.
package system

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/lair-chat/lair/pkg/config"
	"github.com/lair-chat/lair/pkg/process"
	"github.com/lair-chat/lair/services/auth"
	"github.com/lair-chat/lair/services/gateway"
)

// Config is what `lair serve` reads.
type Config struct {
	Process  process.Config
	Data     Data
	Database process.Database
	Redis    process.Redis
	Auth     auth.Config
	Keep     process.Retention
	Gateway  gateway.Config
}

// Data says where one process keeps what it has.
type Data struct {
	Dir string `env:"LAIR_DATA_DIR" envDefault:"data" desc:"Folder of the data file and of the secret that lair serve makes; it is made if it is not there."`
}

// Load reads the configuration from the environment.
func Load(environ []string) (Config, error) {
	var c Config
	err := config.Load(environ, process.Names(), &c.Process, &c.Data, &c.Database, &c.Redis, &c.Auth, &c.Keep, &c.Gateway)
	return c, err
}

// sqlitePath returns the file that the configuration names; ok is false if it
// names PostgreSQL.
func (c Config) sqlitePath() (path string, ok bool, err error) {
	url := c.Database.URL
	switch {
	case url == "":
		return filepath.Join(c.Data.Dir, "lair.db"), true, nil
	case strings.HasPrefix(url, "sqlite:"):
		path, _, _ = strings.Cut(strings.TrimPrefix(strings.TrimPrefix(url, "sqlite:"), "//"), "?")
		if path == "" || strings.Contains(path, ":memory:") {
			return "", true, errors.New("LAIR_DATABASE_URL must name a file, such as sqlite:data/lair.db")
		}
		return path, true, nil
	case strings.HasPrefix(url, "postgres://"), strings.HasPrefix(url, "postgresql://"):
		return "", false, nil
	}
	return "", false, errors.New("LAIR_DATABASE_URL must begin with sqlite: or postgres://")
}

// makeDir makes the data folder, for its owner only.
func (c Config) makeDir() error {
	if err := os.MkdirAll(c.Data.Dir, 0o700); err != nil {
		return fmt.Errorf("LAIR_DATA_DIR: %w", err)
	}
	return nil
}
