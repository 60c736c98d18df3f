package swarm

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strconv"
)

// Kind is the transport of a connection.
type Kind uint8

// The transports.
const (
	WebSocket Kind = iota
	TCP
	// Bare has the frames of WebSocket without its handshake.
	Bare
)

// errNotText says that the server sent something else than a message, usually
// a close frame.
var errNotText = errors.New("the server ended the connection")

// split returns the payload of the first frame in b, and the size of the frame;
// 0 means that it is not complete. Frames of a server are not masked.
func (k Kind) split(b []byte) (payload []byte, size int, err error) {
	head := 4
	var n int
	switch {
	case k == TCP && len(b) >= 4:
		n = int(binary.BigEndian.Uint32(b))
	case k == TCP || len(b) < 2:
		return nil, 0, nil
	case b[0] != 0x81:
		return nil, 0, errNotText
	case b[1] < 126:
		head, n = 2, int(b[1])
	case b[1] == 126 && len(b) >= 4:
		n = int(binary.BigEndian.Uint16(b[2:]))
	case b[1] == 127 && len(b) >= 10:
		head, n = 10, int(binary.BigEndian.Uint64(b[2:])) //nolint:gosec // compared below
	default:
		return nil, 0, nil
	}
	if n < 0 || len(b) < head+n {
		return nil, 0, nil
	}
	return b[head : head+n], head + n, nil
}

// append adds one frame of a client to dst. The mask of WebSocket is zero, so
// that the payload can be written as it is; the server takes it off all the
// same.
func (k Kind) append(dst, payload []byte) []byte {
	n := len(payload)
	switch {
	case k == TCP:
		dst = binary.BigEndian.AppendUint32(dst, uint32(n)) //nolint:gosec // our own short commands
	case n < 126:
		dst = append(dst, 0x81, 0x80|byte(n), 0, 0, 0, 0)
	default:
		dst = append(dst, 0x81, 0x80|126, byte(n>>8), byte(n), 0, 0, 0, 0) //nolint:gosec // our own short commands
	}
	return append(dst, payload...)
}

// AppendEvent adds a frame as a gateway writes it to dst: on WebSocket, with
// the place of a message in front and size bytes of JSON in all.
func AppendEvent(dst []byte, conversation string, seq int64, size int) []byte {
	dst = append(dst, 0x81, 126, byte(size>>8), byte(size)) //nolint:gosec // a few hundred bytes
	begin := len(dst)
	dst = append(dst, received...)
	dst = append(dst, conversation...)
	dst = append(dst, afterConversation...)
	dst = strconv.AppendInt(dst, seq, 10)
	dst = append(dst, `,"`...)
	for len(dst) < begin+size-2 {
		dst = append(dst, 'x')
	}
	return append(dst, `"}`...)
}

// The beginnings of the frames that are read, as the gateway encodes them.
const (
	received          = `{"type":"message_received","conversation":"`
	afterConversation = `","seq":`
	acknowledged      = `{"type":"send_message_response","request_id":"`
	afterRequest      = `","success":true,`
	idLength          = 36
)

// Received returns the position of a message in its conversation; ok is false
// if the frame is something else.
func Received(frame []byte) (seq int64, ok bool) {
	const at = len(received) + idLength + len(afterConversation)
	if len(frame) <= at || !bytes.HasPrefix(frame, []byte(received)) {
		return 0, false
	}
	n, _ := leadingInt(frame[at:])
	return n, n > 0
}

// Acknowledged returns the number of the request that a positive answer to a
// send belongs to. isAnswer is true for a refusal, too.
func Acknowledged(frame []byte) (request int64, ok, isAnswer bool) {
	rest, isAnswer := bytes.CutPrefix(frame, []byte(acknowledged))
	if !isAnswer {
		return 0, false, false
	}
	n, digits := leadingInt(rest)
	return n, digits > 0 && bytes.HasPrefix(rest[digits:], []byte(afterRequest)), true
}

// Number returns the number at the beginning of the content of a message.
func Number(frame []byte) int64 {
	_, rest, _ := bytes.Cut(frame, []byte(`"content":"`))
	n, _ := leadingInt(rest)
	return n
}

func leadingInt(b []byte) (n int64, digits int) {
	for digits < len(b) && b[digits] >= '0' && b[digits] <= '9' {
		n = 10*n + int64(b[digits]-'0')
		digits++
	}
	return n, digits
}
