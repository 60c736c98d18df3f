package lair

import (
	"context"
	"crypto/tls"
	"net"
)

// shake puts TLS on a connection. The name of the server is the host that was
// dialled, unless the configuration has another.
func shake(ctx context.Context, below net.Conn, address string, config *tls.Config) (net.Conn, error) {
	if config == nil {
		config = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	if config.ServerName == "" {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			_ = below.Close()
			return nil, err
		}
		config = config.Clone()
		config.ServerName = host
	}
	conn := tls.Client(below, config)
	if err := conn.HandshakeContext(ctx); err != nil {
		_ = below.Close()
		return nil, err
	}
	return conn, nil
}
