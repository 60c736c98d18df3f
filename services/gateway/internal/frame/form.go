// Package frame turns events and answers into the bytes that clients read, and
// the bytes that clients write into commands.
package frame

import (
	"encoding/binary"
	"encoding/json"

	"github.com/lair-chat/lair/pkg/sealed"
)

// Form is how a connection wants its frames. Everything that all connections
// of one form get is encoded once and shared.
type Form uint8

// The forms. A plain client is one of Lair Chat 0.8 or one like it: it did not
// ask to resume, and gets no types of frames that 0.8 does not know.
const (
	TCPPlain Form = iota
	WSPlain
	TCPResume
	WSResume
	Forms // how many there are
)

// Resumes reports whether the client asked for the feature resume.
func (f Form) Resumes() bool { return f >= TCPResume }

// WithResume returns the form of a client that asked for the feature resume.
func (f Form) WithResume() Form { return f | TCPResume }

// MaxPayload is the largest frame in either direction, in bytes. MaxText is the
// largest JSON text that fits into one on every link, encrypted ones included.
const (
	MaxPayload = 1 << 20
	MaxText    = MaxPayload - sealed.Overhead
)

// Append adds one frame with the JSON text to dst: on TCP with a length of four
// bytes in front, on WebSocket as an unmasked text frame (RFC 6455, section
// 5.2). Header and payload are one slice, so that they leave in one write.
func (f Form) Append(dst, text []byte) []byte {
	n := len(text)
	switch {
	case f == TCPPlain || f == TCPResume:
		dst = binary.BigEndian.AppendUint32(dst, uint32(n)) //nolint:gosec // at most MaxPayload
	case n < 126:
		dst = append(dst, 0x81, byte(n))
	case n < 1<<16:
		dst = append(dst, 0x81, 126)
		dst = binary.BigEndian.AppendUint16(dst, uint16(n))
	default:
		dst = append(dst, 0x81, 127)
		dst = binary.BigEndian.AppendUint64(dst, uint64(n))
	}
	return append(dst, text...)
}

// Encode returns v as one frame.
func (f Form) Encode(v any) []byte {
	text := Text(v)
	return f.Append(make([]byte, 0, len(text)+10), text)
}

// Text returns v as JSON.
func Text(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // the types of clientv1 can always be encoded
	}
	return text
}

// Batch is a run of events in all forms that somebody wants. It is made by one
// goroutine and then only read.
type Batch struct {
	forms [Forms][]byte
}

// Add appends an event to the forms that are wanted; plain says whether plain
// clients get it.
func (b *Batch) Add(v any, plain bool, wanted [Forms]int) {
	text := Text(v)
	for f := range Forms {
		if wanted[f] > 0 && (plain || f.Resumes()) {
			b.forms[f] = f.Append(b.forms[f], text)
		}
	}
}

// Bytes returns the frames of the form; nil if there is nothing for it.
func (b *Batch) Bytes(f Form) []byte { return b.forms[f] }
