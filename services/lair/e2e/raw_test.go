package e2e

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"

	"github.com/coder/websocket"
	"github.com/rogpeppe/go-internal/testscript"
)

const pingFrame = `{"type":"ping"}`

// raw is "raw tcp|ws FILE": it sends each line of the file as a frame, a line
// "bytes 00ff…" as it is and a line "binary …" as a binary frame, and in the
// end a ping. It prints what comes until the pong, or until the connection is
// closed, which it prints as well. Lines may have ${token:ann}, ${room:hall},
// ${user:ann}, ${message:hall:3}, the one with the seq 3, and ${huge}, a string of 2 MiB.
func (s *stage) raw(ctx context.Context, ts *testscript.TestScript, args []string) error {
	c, err := s.open(ctx, args[0])
	if err != nil {
		return err
	}
	defer c.close()
	for line := range strings.Lines(ts.ReadFile(args[1]) + "\n" + pingFrame) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		// What the server closed cannot be written to; reading says why.
		_ = c.send(ctx, s.expand(line))
	}
	for {
		text, err := c.receive(ctx)
		if err != nil {
			if ctx.Err() != nil {
				return fmt.Errorf("neither a pong nor an end: %w", err)
			}
			fmt.Fprintln(ts.Stdout(), "closed", ending(err))
			return nil
		}
		answers.frame([]byte(text))
		if strings.Contains(text, `"type":"pong"`) {
			return nil
		}
		fmt.Fprintln(ts.Stdout(), text)
	}
}

// ending is the close code of a WebSocket, "" of others.
func ending(err error) string {
	if code := websocket.CloseStatus(err); code >= 0 {
		return strconv.Itoa(int(code))
	}
	return ""
}

// wire is a connection without a client in front of it.
type wire interface {
	send(ctx context.Context, line string) error
	receive(ctx context.Context) (string, error)
	close()
}

func (s *stage) open(ctx context.Context, transport string) (wire, error) {
	g := s.system.first()
	if transport == "ws" {
		c, _, err := websocket.Dial(ctx, g.WS, nil) //nolint:bodyclose // the connection took it
		if err != nil {
			return nil, err
		}
		c.SetReadLimit(4 << 20)
		return wsWire{c}, nil
	}
	c, err := new(net.Dialer).DialContext(ctx, "tcp", strings.TrimPrefix(g.TCP, "tcp://"))
	if err != nil {
		return nil, err
	}
	return &tcpWire{c, bufio.NewReader(c)}, nil
}

type wsWire struct{ conn *websocket.Conn }

func (w wsWire) send(ctx context.Context, line string) error {
	if rest, ok := strings.CutPrefix(line, "binary "); ok {
		return w.conn.Write(ctx, websocket.MessageBinary, []byte(rest))
	}
	if rest, ok := strings.CutPrefix(line, "bytes "); ok {
		b, err := hex.DecodeString(rest)
		return errors.Join(err, w.conn.Write(ctx, websocket.MessageText, b))
	}
	return w.conn.Write(ctx, websocket.MessageText, []byte(line))
}

func (w wsWire) receive(ctx context.Context) (string, error) {
	_, b, err := w.conn.Read(ctx)
	return string(b), err
}

func (w wsWire) close() { _ = w.conn.CloseNow() }

type tcpWire struct {
	conn net.Conn
	in   *bufio.Reader
}

func (w *tcpWire) send(ctx context.Context, line string) error {
	if deadline, ok := ctx.Deadline(); ok {
		if err := w.conn.SetDeadline(deadline); err != nil {
			return err
		}
	}
	if rest, ok := strings.CutPrefix(line, "bytes "); ok {
		b, err := hex.DecodeString(rest)
		if err == nil {
			_, err = w.conn.Write(b)
		}
		return err
	}
	b := binary.BigEndian.AppendUint32(nil, uint32(len(line)))
	_, err := w.conn.Write(append(b, line...))
	return err
}

func (w *tcpWire) receive(context.Context) (string, error) {
	var head [4]byte
	if _, err := io.ReadFull(w.in, head[:]); err != nil {
		return "", err
	}
	b := make([]byte, binary.BigEndian.Uint32(head[:]))
	_, err := io.ReadFull(w.in, b)
	return string(b), err
}

func (w *tcpWire) close() { _ = w.conn.Close() }
