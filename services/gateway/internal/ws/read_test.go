package ws

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobwas/ws"
	"go.uber.org/goleak"

	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/gateway/internal/frame"
	"github.com/lair-chat/lair/services/gateway/internal/session"
	"github.com/lair-chat/lair/services/gateway/internal/sock"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type gauge struct{ n atomic.Int64 }

func (g *gauge) Add(d float64) { g.n.Add(int64(d)) }

// client is the other end of a connection whose handshake is done.
type client struct {
	net.Conn
	t *testing.T
}

// run runs the test in a bubble with a client that has read the hello.
func run(t *testing.T, test func(c *client)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		mine, theirs := net.Pipe()
		c := &client{mine, t}
		h := &Handler{
			Gate:   session.NewGate(session.Needs{Log: slog.New(slog.DiscardHandler)}),
			Limits: sock.NewLimits(), Gauge: &gauge{},
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			h.serve(theirs, "", nil, "")
		}()
		c.want("server_hello", "")
		test(c)
		_ = c.Close()
		<-done
		synctest.Wait()
		if n := h.Limits.Total.Load(); n != 0 {
			t.Errorf("%d bytes are queued in the end", n)
		}
		if n := h.Gate.Count(); n != 0 {
			t.Errorf("there are %d sessions in the end", n)
		}
	})
}

func masked(fin bool, op ws.OpCode, payload string) []byte {
	f := ws.NewFrame(op, fin, []byte(payload))
	b, err := ws.CompileFrame(ws.MaskFrameInPlaceWith(f, [4]byte{1, 2, 3, 4}))
	if err != nil {
		panic(err)
	}
	return b
}

func text(s string) []byte { return masked(true, ws.OpText, s) }

const ping = `{"type":"ping"}`

func (c *client) write(frames ...[]byte) {
	c.t.Helper()
	if _, err := c.Write(bytes.Join(frames, nil)); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) read() ws.Frame {
	c.t.Helper()
	h, err := ws.ReadHeader(c)
	if err != nil {
		c.t.Fatal(err)
	}
	if h.Masked || !h.Fin || h.Length > frame.MaxPayload {
		c.t.Fatalf("got the header %+v", h)
	}
	payload := make([]byte, h.Length)
	if _, err := io.ReadFull(c, payload); err != nil {
		c.t.Fatal(err)
	}
	return ws.Frame{Header: h, Payload: payload}
}

// want reads a message of the type and, if it is an error, with the code.
func (c *client) want(kind, code string) {
	c.t.Helper()
	f := c.read()
	var v struct{ Type, Code string }
	if err := json.Unmarshal(f.Payload, &v); err != nil || f.Header.OpCode != ws.OpText {
		c.t.Fatalf("got %v %q: %v", f.Header.OpCode, f.Payload, err)
	}
	if v.Type != kind || v.Code != code {
		c.t.Errorf("got %s, want %s %s", f.Payload, kind, code)
	}
}

// wantClose reads a close frame with the payload, and then the end.
func (c *client) wantClose(payload string) {
	c.t.Helper()
	if f := c.read(); f.Header.OpCode != ws.OpClose || string(f.Payload) != payload {
		c.t.Errorf("got %v %q, want to be closed with %q", f.Header.OpCode, f.Payload, payload)
	}
	if b, err := io.ReadAll(c); err != nil || len(b) > 0 {
		c.t.Errorf("%q came, and %v", b, err)
	}
}

func status(code int) string { return string([]byte{byte(code >> 8), byte(code)}) }

func TestMessagesInOnePieceAreAnsweredInOrder(t *testing.T) {
	run(t, func(c *client) {
		c.write(text(ping), text("{"), masked(true, ws.OpBinary, ping), text(""), text(ping))
		c.want("pong", "")
		c.want("error", "invalid_message")
		c.want("error", "unsupported")
		c.want("error", "invalid_message")
		c.want("pong", "")
	})
}

func TestAMessageInManyPiecesIsOne(t *testing.T) {
	run(t, func(c *client) {
		for _, b := range append(masked(false, ws.OpText, ping[:5]), masked(true, ws.OpContinuation, ping[5:])...) {
			c.write([]byte{b})
		}
		c.want("pong", "")
	})
}

func TestFragmentsArePutTogetherAroundControlFrames(t *testing.T) {
	run(t, func(c *client) {
		c.write(masked(false, ws.OpText, ""), masked(false, ws.OpContinuation, ping[:3]),
			masked(true, ws.OpPing, "are you there"), masked(true, ws.OpPong, "unasked"),
			masked(false, ws.OpContinuation, ""), masked(true, ws.OpContinuation, ping[3:]))
		if f := c.read(); f.Header.OpCode != ws.OpPong || string(f.Payload) != "are you there" {
			t.Errorf("got %v %q", f.Header.OpCode, f.Payload)
		}
		c.want("pong", "")
		c.write(masked(false, ws.OpBinary, "\xff"), masked(true, ws.OpContinuation, "\xff"))
		c.want("error", "unsupported")
	})
}

func TestACharacterMayBeSplitBetweenFragments(t *testing.T) {
	run(t, func(c *client) {
		c.write(masked(false, ws.OpText, "{\"type\":\"\xc3"), masked(true, ws.OpContinuation, "\xa4\"}"))
		c.want("error", "invalid_message")
	})
}

func TestThePayloadOfAPingComesBack(t *testing.T) {
	for _, payload := range []string{"", "x", strings.Repeat("\x00\xff", 62) + "!"} {
		run(t, func(c *client) {
			c.write(masked(true, ws.OpPing, payload))
			if f := c.read(); f.Header.OpCode != ws.OpPong || string(f.Payload) != payload {
				t.Errorf("got %v %q, want %q", f.Header.OpCode, f.Payload, payload)
			}
		})
	}
}

func TestAGoodbyeIsAnswered(t *testing.T) {
	for given, want := range map[string]string{
		"":                             "",
		status(1000):                   status(1000),
		status(1001) + "going":         status(1001),
		status(3000) + "\u00e4":        status(3000),
		status(4999):                   status(4999),
		"\x03":                         status(1002), // half a code
		status(0):                      status(1002),
		status(999):                    status(1002),
		status(1004):                   status(1002),
		status(1005):                   status(1002),
		status(1006):                   status(1002),
		status(2999):                   status(1002),
		status(5000):                   status(1002),
		status(65535):                  status(1002),
		status(1000) + "\xff":          status(1002),
		status(1000) + string(noise()): status(1000),
	} {
		run(t, func(c *client) {
			c.write(masked(true, ws.OpClose, given), text(ping)) // nothing is read after it
			c.wantClose(want)
		})
	}
}

// noise is the longest reason.
func noise() []byte { return bytes.Repeat([]byte{'x'}, 123) }

func TestWhatBreaksTheProtocolEndsTheConnection(t *testing.T) {
	long := masked(true, ws.OpPing, strings.Repeat("x", 125))
	long = append([]byte{long[0], 0x80 | 126, 0, 126, 1, 2, 3, 4}, make([]byte, 126)...)
	for name, frames := range map[string][]byte{
		"NotMasked":             ws.MustCompileFrame(ws.NewTextFrame([]byte(ping))),
		"FirstReservedBit":      {0x80 | 0x40 | 1, 0x80, 0, 0, 0, 0},
		"SecondReservedBit":     {0x80 | 0x20 | 1, 0x80, 0, 0, 0, 0},
		"ThirdReservedBit":      {0x80 | 0x10 | 1, 0x80, 0, 0, 0, 0},
		"ReservedOpcode":        {0x80 | 3, 0x80, 0, 0, 0, 0},
		"ReservedControlOpcode": {0x80 | 11, 0x80, 0, 0, 0, 0},
		"FragmentedPing":        masked(false, ws.OpPing, ""),
		"FragmentedClose":       masked(false, ws.OpClose, ""),
		"LongPing":              long,
		"NothingToContinue":     masked(true, ws.OpContinuation, ping),
		"MessageInMessage":      append(masked(false, ws.OpText, "{"), text(ping)...),
		"ContinuedTwice": bytes.Join([][]byte{
			masked(false, ws.OpBinary, "{"), masked(true, ws.OpContinuation, ""), masked(true, ws.OpContinuation, "}"),
		}, nil),
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(c *client) {
				go func() { _, _ = c.Write(frames) }() // not all of it is read
				if name == "ContinuedTwice" {
					c.want("error", "unsupported")
				}
				c.want("error", clientv1.CodeProtocol)
				c.wantClose(status(clientv1.CloseProtocol))
			})
		})
	}
}

func TestWhatIsNotUTF8EndsTheConnection(t *testing.T) {
	for _, frames := range [][]byte{
		text("{\"type\":\"\xff\"}"), text("\xc3"), text("\xed\xa0\x80"), // the last is a surrogate
		append(masked(false, ws.OpText, "\xc3"), masked(true, ws.OpContinuation, "\x28")...),
	} {
		run(t, func(c *client) {
			c.write(frames)
			c.want("error", clientv1.CodeNotUTF8)
			c.wantClose(status(clientv1.CloseNotUTF8))
		})
	}
}

// padded is a ping of n bytes.
func padded(n int) string {
	const begin, end = `{"type":"ping","x":"`, `"}`
	return begin + strings.Repeat("x", n-len(begin)-len(end)) + end
}

func TestTheLargestMessageIsRead(t *testing.T) {
	large := padded(frame.MaxPayload)
	for _, frames := range [][]byte{
		text(large),
		append(masked(false, ws.OpText, large[:1]), masked(true, ws.OpContinuation, large[1:])...),
	} {
		run(t, func(c *client) {
			c.write(frames)
			c.want("pong", "")
		})
	}
}

func TestALargerMessageEndsTheConnection(t *testing.T) {
	large := padded(frame.MaxPayload)
	for _, frames := range [][]byte{
		text(large + " ")[:14],
		{0x81, 0x80 | 127, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0},
		append(masked(false, ws.OpText, large), masked(false, ws.OpContinuation, " ")...),
		append(masked(false, ws.OpText, " "), masked(true, ws.OpContinuation, large)...),
	} {
		run(t, func(c *client) {
			c.write(frames)
			c.want("error", clientv1.CodeTooLarge)
			c.wantClose(status(clientv1.CloseTooLarge))
		})
	}
}

func TestControlFramesRestartTheClockAndNothingLess(t *testing.T) {
	run(t, func(c *client) {
		c.write(text(`{"type":"client_hello","version":"1.0"}`))
		for range 4 { // 60 seconds are allowed, and five minutes in all
			time.Sleep(50 * time.Second)
			c.write(masked(true, ws.OpPong, ""))
		}
		begun := time.Now()
		c.write(masked(false, ws.OpText, ""))
		for range 3 {
			time.Sleep(15 * time.Second)
			c.write(masked(false, ws.OpContinuation, "x"))
		}
		c.want("error", clientv1.CodeTimeout)
		if took := time.Since(begun); took != time.Minute {
			t.Errorf("it took %v", took)
		}
		c.wantClose(status(clientv1.CloseTimeout))
	})
}

// FuzzReader reads any bytes, in pieces: it ends with an error of the stream or
// a violation, and what it hands out was in the stream.
func FuzzReader(f *testing.F) {
	f.Add(text(ping), byte(1))
	f.Add(append(masked(false, ws.OpText, ping[:4]), masked(true, ws.OpContinuation, ping[4:])...), byte(3))
	f.Add(append(masked(true, ws.OpPing, "x"), masked(true, ws.OpClose, "")...), byte(255))
	f.Add(text(padded(70_000)), byte(200))
	f.Add([]byte{0x81, 0xff, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0}, byte(9))
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
		r, size := reader{conn: conn}, 0
		for {
			payload, op, err := r.next()
			if err != nil {
				if _, ok := errors.AsType[*violation](err); !ok && !errors.Is(err, io.EOF) {
					t.Fatal(err)
				}
				return
			}
			size += len(payload)
			switch {
			case size > len(stream):
				t.Fatal("more came out than went in")
			case op.IsControl() && len(payload) > 125, op == ws.OpContinuation, op.IsReserved():
				t.Fatalf("%v with %d bytes", op, len(payload))
			case op == ws.OpText && !bytes.Equal(payload, bytes.ToValidUTF8(payload, nil)):
				t.Fatalf("%q is not UTF-8", payload)
			case op == ws.OpPing && !bytes.Equal(pong(payload)[2:], payload):
				t.Fatalf("the pong is %q", pong(payload))
			case op == ws.OpClose && len(goodbye(payload)) > 4:
				t.Fatalf("the goodbye is %q", goodbye(payload))
			}
			r.done()
		}
	})
}
