package tcp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"testing"

	"github.com/lair-chat/lair/services/gateway/internal/frame"
	"github.com/lair-chat/lair/services/gateway/internal/sock"
)

// FuzzNext compares what is read of a stream, which comes in pieces, with what
// is in it.
func FuzzNext(f *testing.F) {
	ping := frame.TCPPlain.Append(nil, []byte(`{"type":"ping"}`))
	f.Add(ping, byte(1))
	f.Add(bytes.Repeat(ping, 50), byte(255))
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0}, byte(3))
	f.Add([]byte{0, 16, 0, 1}, byte(4))
	f.Add([]byte{255, 255, 255, 255, 0}, byte(2))
	f.Add(append(append([]byte{0, 0, 16, 0}, make([]byte, 4096)...), ping...), byte(100))
	f.Fuzz(func(t *testing.T, stream []byte, piece byte) {
		mine, theirs := net.Pipe()
		conn := sock.New(theirs, sock.NewLimits())
		defer conn.Close()
		go func() {
			defer mine.Close()
			for rest := stream; len(rest) > 0; {
				n := min(int(piece)+1, len(rest))
				if _, err := mine.Write(rest[:n]); err != nil {
					return
				}
				rest = rest[n:]
			}
		}()
		for rest := stream; ; {
			text, err := next(conn)
			want := io.EOF
			if len(rest) >= prefix {
				n := int(binary.BigEndian.Uint32(rest))
				switch {
				case n > frame.MaxPayload:
					want = errTooLarge
				case len(rest) >= prefix+n:
					want = nil
					if err == nil && !bytes.Equal(text, rest[prefix:prefix+n]) {
						t.Fatalf("read %q", text)
					}
					rest = rest[prefix+n:]
				}
			}
			if !errors.Is(err, want) {
				t.Fatalf("got %v, want %v", err, want)
			}
			if err != nil {
				return
			}
			conn.Consume(prefix + len(text))
		}
	})
}
