package proxy_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/lair-chat/lair/services/gateway/internal/proxy"
)

// came is a connection from an address, on which this was said.
type came struct {
	net.Conn
	from string
	io.Reader
}

func (c came) Read(b []byte) (int, error) { return c.Reader.Read(b) }
func (c came) RemoteAddr() net.Addr {
	return net.TCPAddrFromAddrPort(netip.MustParseAddrPort(c.from))
}

const (
	two  = "\r\n\r\n\x00\r\nQUIT\n"
	four = "\xc0\x00\x02\x01\x0a\x00\x00\x09\x12\x34\x1f\x90" // 192.0.2.1 to 10.0.0.9
	six  = "\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x07" + "\x20\x01\x0d\xb8\x00\x0f\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x12\x34\x1f\x90"
	rest = "\x00\x00\x00\x0f{\"type\":\"ping\"}"
)

func TestATrustedProxySaysWhoTheClientIs(t *testing.T) {
	for name, tt := range map[string]struct{ said, want string }{
		"Text":             {"PROXY TCP4 192.0.2.1 10.0.0.9 4660 8080\r\n", "192.0.2.1"},
		"TextIPv6":         {"PROXY TCP6 2001:db8::7 2001:db8:f::1 4660 8080\r\n", "2001:db8::7"},
		"TextMapped":       {"PROXY TCP6 ::ffff:192.0.2.1 ::ffff:10.0.0.9 4660 8080\r\n", "192.0.2.1"},
		"TextUnknown":      {"PROXY UNKNOWN\r\n", "10.0.0.1"},
		"TextUnknownLong":  {"PROXY UNKNOWN ffff:f:f:f:f:f:f:f ffff:f:f:f:f:f:f:f 65535 65535\r\n", "10.0.0.1"},
		"Binary":           {two + "\x21\x11\x00\x0c" + four, "192.0.2.1"},
		"BinaryIPv6":       {two + "\x21\x21\x00\x24" + six, "2001:db8::7"},
		"BinaryAndMore":    {two + "\x21\x11\x00\x10" + four + "\x04\x00\x01\x00", "192.0.2.1"},
		"BinaryVeryLong":   {two + "\x21\x11\xff\xff" + four + strings.Repeat("x", 65535-12), "192.0.2.1"},
		"BinaryLocal":      {two + "\x20\x00\x00\x00", "10.0.0.1"},
		"BinaryLocalOther": {two + "\x20\x11\x00\x0c" + four, "10.0.0.1"},
		"BinaryUnknown":    {two + "\x21\x00\x00\x03abc", "10.0.0.1"},
		"BinaryUnix":       {two + "\x21\x31\x00\x03abc", "10.0.0.1"},
	} {
		in := strings.NewReader(tt.said + rest)
		got, err := trusted.Announced(came{from: "10.0.0.1:4711", Reader: in})
		if got != tt.want || err != nil {
			t.Errorf("%s: got %q, %v, want %s", name, got, err, tt.want)
		}
		if left, _ := io.ReadAll(in); string(left) != rest {
			t.Errorf("%s: left is %q", name, left)
		}
	}
}

func TestATrustedProxyThatSaysSomethingElseIsRefused(t *testing.T) {
	for name, said := range map[string]string{
		"Nothing": rest, "TLS": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03abcdefgh", "HTTP": "GET / HTTP/1.1\r\n\r\n",
		"Endless": "PROXY TCP4 " + strings.Repeat("1", 200), "NoReturn": "PROXY TCP4 192.0.2.1 10.0.0.9 4660 8080\n",
		"NoName": "PROXY TCP4 client 10.0.0.9 4660 8080\r\n", "NoTarget": "PROXY TCP4 192.0.2.1 x 4660 8080\r\n", "Short": "PROXY TCP4 192.0.2.1 10.0.0.9 4660\r\n",
		"WrongFamily": "PROXY TCP6 192.0.2.1 10.0.0.9 4660 8080\r\n", "NoPort": "PROXY TCP4 192.0.2.1 10.0.0.9 4660 65536\r\n",
		"Zone": "PROXY TCP6 fe80::1%eth0 fe80::2 4660 8080\r\n", "UDP": "PROXY UDP4 192.0.2.1 10.0.0.9 4660 8080\r\n",
		"Version3": two + "\x31\x11\x00\x0c" + four, "Command2": two + "\x22\x11\x00\x0c" + four, "TooShort": two + "\x21\x11\x00\x0b" + four,
	} {
		if got, err := trusted.Announced(came{from: "10.0.0.1:4711", Reader: strings.NewReader(said)}); !errors.Is(err, proxy.ErrPreface) || got != "" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	whole := two + "\x21\x11\x00\x0c" + four
	for i := range len(whole) {
		if got, err := trusted.Announced(came{from: "10.0.0.1:4711", Reader: strings.NewReader(whole[:i])}); err == nil {
			t.Errorf("%d bytes are enough for %s", i, got)
		}
	}
}

func TestNobodyElseIsBelieved(t *testing.T) {
	for from, want := range map[string]string{"192.0.2.9:1": "192.0.2.9", "[::ffff:192.0.2.9]:1": "192.0.2.9", "[2001:db8::1]:1": "2001:db8::1"} {
		in := strings.NewReader("PROXY TCP4 192.0.2.1 10.0.0.9 4660 8080\r\n")
		if got, err := trusted.Announced(came{from: from, Reader: in}); got != want || err != nil || in.Len() != int(in.Size()) {
			t.Errorf("got %q, %v, want %s", got, err, want)
		}
	}
}

func FuzzPrefacesNeverPanic(f *testing.F) {
	for _, seed := range []string{"PROXY TCP4 192.0.2.1 10.0.0.9 4660 8080\r\n", "PROXY UNKNOWN\r\n", two + "\x21\x11\x00\x0c" + four, two + "\x21\x21\x00\x24" + six, rest} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, said []byte) {
		in := bytes.NewReader(append(said, rest...))
		got, err := trusted.Announced(came{from: "10.0.0.1:4711", Reader: in})
		if err != nil {
			return
		}
		if _, err := netip.ParseAddr(got); err != nil {
			t.Error(err)
		}
	})
}
