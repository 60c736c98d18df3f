package gateway

import (
	"errors"
	"time"
)

// Config says where a gateway listens and how many it serves.
type Config struct {
	TCPPort           uint16        `env:"LAIR_TCP_PORT" envDefault:"8080" desc:"Port of the real-time protocol over TCP; 0 is any free one."`
	TCPMaxConnections uint32        `env:"LAIR_TCP_MAX_CONNECTIONS" envDefault:"10000" desc:"TCP connections at once; those beyond are closed at once. 0 is no limit."`
	HTTPPort          uint16        `env:"LAIR_HTTP_PORT" envDefault:"8082" desc:"Port of the HTTP API and of WebSockets; 0 is any free one."`
	BindAddress       string        `env:"LAIR_BIND_ADDRESS" envDefault:"0.0.0.0" desc:"Address that both ports listen on."`
	DrainWindow       time.Duration `env:"LAIR_DRAIN_WINDOW" envDefault:"5s" desc:"Time over which clients are asked to go elsewhere when the process stops; at most 15s."`
	Limits            Limits
	Front             Front
}

// Validate returns an error that names the variable with a value that no
// gateway can use.
func (c *Config) Validate() error {
	if c.DrainWindow < 0 || c.DrainWindow > 15*time.Second {
		return errors.New("LAIR_DRAIN_WINDOW must be from 0s to 15s")
	}
	return nil
}
