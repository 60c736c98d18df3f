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
	HTTPPortEnabled   bool          `env:"LAIR_HTTP_PORT_ENABLED" envDefault:"true" desc:"Whether LAIR_HTTP_PORT is open; false, with TLS, ends clients of Lair Chat 0.8, which cannot speak it."`
	HTTPSPort         uint16        `env:"LAIR_HTTPS_PORT" envDefault:"8443" desc:"Port of the HTTP API and of WebSockets with TLS, open if TLS is on; 0 is any free one."`
	TLSEnabled        *bool         `env:"LAIR_TLS_ENABLED" desc:"Whether TLS is on (true or 1); if not set it is when a certificate is named."`
	TLSCertPath       string        `env:"LAIR_TLS_CERT_PATH" desc:"File with the chain of certificates (PEM). It is read again when it changes."`
	TLSKeyPath        string        `env:"LAIR_TLS_KEY_PATH" desc:"File with its key (PEM: PKCS#8, PKCS#1 or SEC1). It is read again when it changes."`
	TCPTLS            bool          `env:"LAIR_TCP_TLS" envDefault:"false" desc:"Whether LAIR_TCP_PORT speaks TLS, and nothing else; that ends clients of Lair Chat 0.8, too."`
	TCPProxyProtocol  bool          `env:"LAIR_TCP_PROXY_PROTOCOL" envDefault:"false" desc:"Whether connections of LAIR_TRUSTED_PROXIES to LAIR_TCP_PORT begin with a header of the PROXY protocol, version 1 or 2, and are refused without one."`
	BindAddress       string        `env:"LAIR_BIND_ADDRESS" envDefault:"0.0.0.0" desc:"Address that all ports listen on."`
	DrainWindow       time.Duration `env:"LAIR_DRAIN_WINDOW" envDefault:"5s" desc:"Time over which clients are asked to go elsewhere when the process stops; at most 15s."`
	MetricsPublic     bool          `env:"LAIR_METRICS_PUBLIC" envDefault:"false" desc:"Whether /metrics is on the ports of the HTTP API, too, for anybody."`
	SessionWarning    time.Duration `env:"LAIR_SESSION_WARNING" envDefault:"10m" desc:"How long before the end of a login its sockets are told, at most 24h; 0s is never."`
	Limits            Limits
	Front             Front
}

// Validate returns an error that names the variable with a value that no
// gateway can use.
func (c *Config) Validate() error {
	if c.DrainWindow < 0 || c.DrainWindow > 15*time.Second {
		return errors.New("LAIR_DRAIN_WINDOW must be from 0s to 15s")
	}
	if c.SessionWarning < 0 || c.SessionWarning > 24*time.Hour {
		return errors.New("LAIR_SESSION_WARNING must be from 0s to 24h")
	}
	if c.TCPProxyProtocol && len(c.Front.TrustedProxies) == 0 {
		return errors.New("LAIR_TCP_PROXY_PROTOCOL needs LAIR_TRUSTED_PROXIES, which say whom to believe")
	}
	return c.validateTLS()
}

// TLS reports whether TLS is on.
func (c *Config) TLS() bool {
	if c.TLSEnabled != nil {
		return *c.TLSEnabled
	}
	return c.TLSCertPath != "" || c.TLSKeyPath != ""
}

func (c *Config) validateTLS() error {
	switch {
	case c.TLS() && c.TLSCertPath == "":
		return errors.New("LAIR_TLS_CERT_PATH is not set, but TLS is on")
	case c.TLS() && c.TLSKeyPath == "":
		return errors.New("LAIR_TLS_KEY_PATH is not set, but TLS is on")
	case !c.TLS() && c.TCPTLS:
		return errors.New("LAIR_TCP_TLS needs a certificate: LAIR_TLS_CERT_PATH and LAIR_TLS_KEY_PATH")
	case !c.TLS() && !c.HTTPPortEnabled:
		return errors.New("LAIR_HTTP_PORT_ENABLED can only be false with a certificate: LAIR_TLS_CERT_PATH and LAIR_TLS_KEY_PATH")
	}
	return nil
}
