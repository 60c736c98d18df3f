package tcp

import (
	"errors"
	"net"
	"time"

	"github.com/lair-chat/lair/services/gateway/internal/door"
	"github.com/lair-chat/lair/services/gateway/internal/proxy"
)

// prefaceTime bounds the reading of what a proxy says.
const prefaceTime = 10 * time.Second

// client returns the address of the client. What a proxy says comes before TLS.
func (s *Server) client(nc net.Conn) (host string, ok bool) {
	if s.Client == nil {
		host, _, _ = net.SplitHostPort(nc.RemoteAddr().String())
		return host, true
	}
	below := nc
	if t, secure := nc.(interface{ NetConn() net.Conn }); secure {
		below = t.NetConn()
	}
	if below.SetReadDeadline(time.Now().Add(prefaceTime)) != nil {
		return "", false
	}
	host, err := s.Client(below)
	if errors.Is(err, proxy.ErrPreface) { // who only looks whether somebody listens does not matter
		s.Refused.Add(door.Proxy, nc.RemoteAddr().String(), "err", err)
	}
	return host, err == nil && below.SetReadDeadline(time.Time{}) == nil
}
