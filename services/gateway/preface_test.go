package gateway_test

import (
	"crypto/tls"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/lair-chat/lair/services/gateway"
)

// The limit of connections shows which address counts.
func TestBehindAProxyTheAddressIsThatOfTheClient(t *testing.T) {
	for _, overTLS := range []bool{false, true} {
		s := serve(t, func(c *gateway.Config) {
			c.TCPTLS, c.TCPProxyProtocol, c.Front.AddressMax = overTLS, true, 1
			c.Front.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
		})
		begin := func(said string) net.Conn {
			t.Helper()
			nc, err := new(net.Dialer).DialContext(t.Context(), "tcp", s.TCPAddr().String())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = nc.Close() })
			if _, err := io.WriteString(nc, said); err != nil {
				t.Fatal(err)
			}
			if !overTLS {
				return nc
			}
			trust := s.trust.Clone()
			trust.ServerName = "127.0.0.1"
			return tls.Client(nc, trust)
		}
		for _, tt := range []struct{ said, want string }{
			{"PROXY TCP4 192.0.2.1 10.0.0.9 4660 8080\r\n", "server_hello"},
			{"PROXY TCP4 192.0.2.2 10.0.0.9 4660 8080\r\n", "server_hello"},
			{"\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c\xc0\x00\x02\x01\x0a\x00\x00\x09\x12\x34\x1f\x90", "too_many_connections"},
		} {
			if text := frame(t, begin(tt.said)); !strings.Contains(text, tt.want) {
				t.Errorf("TLS %v, %q: got %s", overTLS, tt.said, text)
			}
		}
		if b, _ := io.ReadAll(begin("\x00\x00\x00\x0f" + `{"type":"ping"}`)); len(b) > 0 {
			t.Errorf("TLS %v: without a header %q came", overTLS, b)
		}
	}
}

func TestWithoutProxiesThereIsNoPROXYProtocol(t *testing.T) {
	c := gateway.Config{HTTPPortEnabled: true, TCPProxyProtocol: true}
	if err := c.Validate(); err == nil || !strings.HasPrefix(err.Error(), "LAIR_TCP_PROXY_PROTOCOL") {
		t.Error(err)
	}
}
