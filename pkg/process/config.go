package process

import (
	"errors"
	"fmt"
	"time"

	"github.com/lair-chat/lair/pkg/config"
	"github.com/lair-chat/lair/pkg/telemetry"
)

// Config is what every program reads.
type Config struct {
	Telemetry    telemetry.Config
	Certificates Certificates
	ClusterKey   config.Secret `env:"LAIR_CLUSTER_KEY" desc:"Proves that a process belongs to this system: at least 32 bytes, the same for all. Not needed in one process."`
	StartTimeout time.Duration `env:"LAIR_START_TIMEOUT" envDefault:"60s" desc:"How long a process waits at its start for PostgreSQL and Redis."`
}

// minKey is the least length of a cluster key, in bytes.
const minKey = 32

// Validate returns an error that names the variable with a value that no
// process can use.
func (c *Config) Validate() error {
	if n := len(c.ClusterKey); n > 0 && n < minKey {
		return fmt.Errorf("LAIR_CLUSTER_KEY must have at least %d bytes", minKey)
	}
	return nil
}

// Server is the configuration of a program that serves gRPC.
type Server struct {
	Addr string `env:"LAIR_GRPC_ADDR" envDefault:":7000" desc:"Address on which a service listens for gRPC."`
}

// Database is the configuration of a program that uses PostgreSQL.
type Database struct {
	URL string `env:"LAIR_DATABASE_URL" secret:"true" desc:"PostgreSQL, such as postgres://lair@db/lair; for lair serve also a file of SQLite, such as sqlite:/var/lib/lair/lair.db."`
}

// Redis is the configuration of a program that uses Redis.
type Redis struct {
	URL string `env:"LAIR_REDIS_URL" secret:"true" desc:"Redis, such as redis://:password@host:6379, redis+sentinel://host:26379,host:26379/master, or redis+cluster://host:6379,host:6379."`
}

// Services is where a program finds the services that it calls.
type Services struct {
	Auth     string `env:"LAIR_AUTH_ADDR" desc:"Address of the auth service, such as auth:7000 or dns:///auth:7000."`
	Room     string `env:"LAIR_ROOM_ADDR" desc:"Address of the room service."`
	Message  string `env:"LAIR_MESSAGE_ADDR" desc:"Address of the message service."`
	Presence string `env:"LAIR_PRESENCE_ADDR" desc:"Address of the presence service."`
}

// Retention says how long a program keeps what is deleted.
type Retention struct {
	Room time.Duration `env:"LAIR_ROOM_PURGE_AFTER" envDefault:"720h" desc:"How long a deleted room is kept, for clients that were away, before its messages and events are purged; at least 24h."`
}

// Validate returns an error that names the variable with a value that no
// program can use.
func (r *Retention) Validate() error {
	if r.Room < 24*time.Hour {
		return errors.New("LAIR_ROOM_PURGE_AFTER must be at least 24h")
	}
	return nil
}

// Need returns an error that names the first of the variables that is not set.
func Need(pairs ...string) error {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			return errors.New(pairs[i] + " is not set")
		}
	}
	return nil
}
