package tcp

import (
	"context"
	"crypto/tls"
	"net"
	"time"
)

// handshakeTime bounds the handshake of TLS.
const handshakeTime = 10 * time.Second

// handshake does that of TLS, if the listener speaks it, and returns the
// connection below. It comes first, so that the time for it is its own.
func handshake(nc net.Conn) (below net.Conn, ok bool) {
	t, secure := nc.(*tls.Conn)
	if !secure {
		return nc, true
	}
	ctx, cancel := context.WithTimeout(context.Background(), handshakeTime)
	defer cancel()
	return t.NetConn(), t.HandshakeContext(ctx) == nil
}
