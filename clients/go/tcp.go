package lair

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/lair-chat/lair/pkg/sealed"
)

// tcp carries frames with their length, four bytes with the highest first, in
// front.
type tcp struct {
	conn net.Conn
	in   *bufio.Reader
	out  []byte // reused by write
	// cipher is set between two frames, before others read or write; nil if the
	// link is not encrypted.
	cipher *sealed.Cipher
}

func dialTCP(ctx context.Context, host string, secure bool, o *Options) (transport, error) {
	conn, err := o.DialContext(ctx, "tcp", host)
	if err == nil && secure {
		conn, err = shake(ctx, conn, host, o.TLS)
	}
	if err != nil {
		return nil, err
	}
	return &tcp{conn: conn, in: bufio.NewReader(conn)}, nil
}

func (t *tcp) read(timeout time.Duration) ([]byte, error) {
	if err := t.conn.SetReadDeadline(time.Now().Add(timeout)); err != nil {
		return nil, err
	}
	frame, err := readFrame(t.in)
	if err != nil || t.cipher == nil {
		return frame, err
	}
	return t.cipher.Open(frame)
}

// readFrame reads one frame. io.EOF means that the peer left between two.
func readFrame(r io.Reader) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(head[:])
	if n > MaxFrame {
		return nil, fmt.Errorf("a frame of %d bytes is over the limit of %d", n, MaxFrame)
	}
	frame := make([]byte, n)
	if _, err := io.ReadFull(r, frame); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	return frame, nil
}

func (t *tcp) write(timeout time.Duration, frames ...[]byte) error {
	if err := t.conn.SetWriteDeadline(time.Now().Add(timeout)); err != nil {
		return err
	}
	t.out = t.out[:0]
	for _, f := range frames {
		if t.cipher != nil {
			f = t.cipher.Seal(nil, f)
		}
		t.out = appendFrame(t.out, f)
	}
	_, err := t.conn.Write(t.out)
	if cap(t.out) > maxBatch {
		t.out = nil // one large frame must not be kept for ever
	}
	return err
}

func appendFrame(dst, frame []byte) []byte {
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(frame))) //nolint:gosec // at most MaxFrame
	return append(dst, frame...)
}

func (t *tcp) bye(context.Context) {}

func (t *tcp) close() { _ = t.conn.Close() }
