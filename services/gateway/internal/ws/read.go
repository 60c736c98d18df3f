package ws

import (
	"encoding/binary"
	"unicode/utf8"

	"github.com/gobwas/ws"

	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/gateway/internal/frame"
	"github.com/lair-chat/lair/services/gateway/internal/sock"
)

// violation is what a client did against RFC 6455, or against our bounds.
type violation struct{ code, text string }

func (v *violation) Error() string { return v.text }

func violates(text string) error { return &violation{clientv1.CodeProtocol, text} }

var (
	errTooLarge = &violation{clientv1.CodeTooLarge, "a message must have at most 1048576 bytes"}
	errNotUTF8  = &violation{clientv1.CodeNotUTF8, "a message must be UTF-8"}
)

// header is the beginning of a frame (RFC 6455, section 5.2).
type header struct {
	fin    bool
	op     ws.OpCode
	mask   [4]byte
	length int
	size   int // of the header itself
}

// parse reads a header; ok is false if b does not have all of it.
func parse(b []byte) (h header, ok bool, err error) {
	if len(b) < 2 {
		return h, false, nil
	}
	h.fin, h.op = b[0]&0x80 != 0, ws.OpCode(b[0]&0x0f)
	length := uint64(b[1] & 0x7f)
	h.size = 2
	switch {
	case b[0]&0x70 != 0:
		return h, false, violates("a reserved bit is set")
	case b[1]&0x80 == 0:
		return h, false, violates("frames of clients must be masked")
	case h.op.IsReserved():
		return h, false, violates("the opcode is reserved")
	case h.op.IsControl() && (!h.fin || length > 125):
		return h, false, violates("a control frame is fragmented or too long")
	case length == 126:
		h.size = 4
	case length == 127:
		h.size = 10
	}
	if len(b) < h.size+4 {
		return h, false, nil
	}
	switch h.size {
	case 4:
		length = uint64(binary.BigEndian.Uint16(b[2:]))
	case 10:
		length = binary.BigEndian.Uint64(b[2:])
	}
	if length > frame.MaxPayload {
		return h, false, errTooLarge
	}
	h.length = int(length)
	copy(h.mask[:], b[h.size:])
	h.size += 4
	return h, true, nil
}

// reader puts messages together from frames.
type reader struct {
	conn *sock.Conn
	// whole is a message whose last fragment has not come; nil if there is none.
	whole []byte
	op    ws.OpCode // of that message
	size  int       // of the frame that is buffered and handed out
}

// next returns the next message, OpText or OpBinary, or the next control frame.
// The payload is valid until done is called.
func (r *reader) next() (payload []byte, op ws.OpCode, err error) {
	for {
		h, payload, err := r.frame()
		if err != nil || h.op.IsControl() {
			return payload, h.op, err
		}
		payload, op, complete, err := r.data(h, payload)
		if complete || err != nil {
			return payload, op, err
		}
		r.done()
	}
}

// done lets go of what next returned.
func (r *reader) done() {
	r.conn.Consume(r.size)
	r.size = 0
}

// frame waits for a whole frame and takes the mask off.
func (r *reader) frame() (header, []byte, error) {
	for {
		b := r.conn.Buffered()
		h, ok, err := parse(b)
		if err != nil {
			return h, nil, err
		}
		if ok && len(b) >= h.size+h.length {
			payload := b[h.size : h.size+h.length]
			ws.Cipher(payload, h.mask, 0)
			r.size = h.size + h.length
			return h, payload, nil
		}
		if err := r.conn.Fill(); err != nil {
			return h, nil, err
		}
	}
}

// data takes a fragment. A message in one fragment is not copied.
func (r *reader) data(h header, payload []byte) (whole []byte, op ws.OpCode, complete bool, err error) {
	begins, open := h.op != ws.OpContinuation, r.whole != nil
	switch {
	case begins == open:
		return nil, 0, false, violates("a fragment does not continue its message")
	case begins && h.fin:
		return checked(payload, h.op)
	case begins:
		r.op = h.op
		r.whole = append(make([]byte, 0, 2*len(payload)+64), payload...)
	case len(r.whole)+len(payload) > frame.MaxPayload:
		return nil, 0, false, errTooLarge
	default:
		r.whole = append(r.whole, payload...)
	}
	if !h.fin {
		return nil, 0, false, nil
	}
	whole, r.whole = r.whole, nil
	return checked(whole, r.op)
}

func checked(payload []byte, op ws.OpCode) ([]byte, ws.OpCode, bool, error) {
	if op == ws.OpText && !utf8.Valid(payload) {
		return nil, 0, false, errNotUTF8
	}
	return payload, op, true, nil
}

// pong answers a ping.
func pong(payload []byte) []byte {
	return append([]byte{0x80 | byte(ws.OpPong), byte(len(payload))}, payload...) //nolint:gosec // at most 125
}

// goodbye answers a close frame with its own code, or says that there is
// something wrong with it.
func goodbye(payload []byte) []byte {
	if len(payload) == 0 {
		return []byte{0x80 | byte(ws.OpClose), 0}
	}
	if len(payload) >= 2 {
		code := binary.BigEndian.Uint16(payload)
		if code < 5000 && ws.CheckCloseFrameData(ws.StatusCode(code), string(payload[2:])) == nil {
			return closeFrame(int(code))
		}
	}
	return closeFrame(clientv1.CloseProtocol)
}

// closeFrame returns a close frame without a reason: that is in the error
// message before it.
func closeFrame(code int) []byte {
	return []byte{0x80 | byte(ws.OpClose), 2, byte(code >> 8), byte(code)} //nolint:gosec // 16 bits
}
