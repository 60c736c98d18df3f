package tcp

import (
	"encoding/binary"

	"github.com/lair-chat/lair/pkg/sealed"
	"github.com/lair-chat/lair/services/gateway/internal/session"
	"github.com/lair-chat/lair/services/gateway/internal/sock"
)

var _ session.Encrypter = link{}

// Encrypt implements session.Encrypter. Whether a frame is encrypted is decided
// when it is pushed: by then it is known whether it comes before or after the
// answer to the key exchange.
func (l link) Encrypt(clear []byte, c *sealed.Cipher) error {
	return l.Switch(clear, &sock.Cipher{
		Seal: func(frames []byte) []byte { return seal(c, frames) }, Open: c.Open,
	})
}

// seal encrypts each of the frames by itself. Those that come in clear are
// shared with other connections, the result is not.
func seal(c *sealed.Cipher, frames []byte) []byte {
	count := 0
	for rest := frames; len(rest) > 0; count++ {
		rest = rest[prefix+length(rest):]
	}
	out := make([]byte, 0, len(frames)+count*sealed.Overhead)
	for rest := frames; len(rest) > 0; {
		n := length(rest)
		out = binary.BigEndian.AppendUint32(out, uint32(n+sealed.Overhead)) //nolint:gosec // at most frame.MaxPayload
		out = c.Seal(out, rest[prefix:prefix+n])
		rest = rest[prefix+n:]
	}
	return out
}

func length(frames []byte) int { return int(binary.BigEndian.Uint32(frames)) }
