package e2e

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/lair-chat/lair/services/lair/internal/cluster"
)

// oldWire carries the frames of an old client.
type oldWire interface {
	read(ctx context.Context) ([]byte, error)
	write(ctx context.Context, text string) error
	close()
}

// oldClient does what the terminal client of Lair Chat 0.8 does, and nothing
// else. It shares no code with the gateway or the SDK.
type oldClient struct {
	oldWire
	t     *testing.T
	http  string
	token string
	self  map[string]any
	heard []map[string]any // what nobody has waited for yet
}

// oldTCP connects as 0.8 does by default: encrypted, and with HTTP two ports up.
func oldTCP(t *testing.T, g *cluster.Gateway) *oldClient {
	t.Helper()
	address := strings.TrimPrefix(g.TCP, "tcp://")
	nc, err := new(net.Dialer).DialContext(soon(t), "tcp", address)
	must(t, err)
	w := &oldTCPWire{conn: nc}
	c := newOldClient(t, w, address)
	hello := c.next()
	if features, _ := hello["features"].([]any); !slices.Contains(features, any("encryption")) || hello["encryption_required"] != false {
		t.Fatalf("the server said %v", hello)
	}
	private, err := ecdh.X25519().GenerateKey(rand.Reader)
	must(t, err)
	public := base64.StdEncoding.EncodeToString(private.PublicKey().Bytes())
	both := oldFramed(`{"type":"client_hello","version":"1.0","client_name":"Lair Chat TUI","features":["encryption"]}`)
	both = append(both, oldFramed(`{"type":"key_exchange","public_key":"`+public+`"}`)...)
	_, err = nc.Write(both)
	must(t, err)
	answer := c.next() // anything else than the answer would end 0.8's attempt
	if answer["type"] != "key_exchange_response" {
		t.Fatalf("after the hello came %v", answer)
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(answer["public_key"].(string))
	must(t, err)
	theirs, err := ecdh.X25519().NewPublicKey(raw)
	must(t, err)
	secret, err := private.ECDH(theirs)
	must(t, err)
	block, err := aes.NewCipher(secret)
	must(t, err)
	w.aead, err = cipher.NewGCM(block)
	must(t, err)
	return c
}

// oldWS connects as 0.8 does with -w.
func oldWS(t *testing.T, g *cluster.Gateway) *oldClient {
	t.Helper()
	conn, _, err := websocket.Dial(soon(t), g.WS, nil) //nolint:bodyclose // the connection took it
	must(t, err)
	conn.SetReadLimit(1 << 20)
	c := newOldClient(t, oldWSWire{conn}, strings.TrimPrefix(g.TCP, "tcp://"))
	if hello := c.next(); hello["type"] != "server_hello" {
		t.Fatalf("the server said %v", hello)
	}
	c.say(`{"type":"client_hello","version":"1.0","client_name":"Lair Chat TUI","features":[]}`)
	return c
}

func newOldClient(t *testing.T, w oldWire, tcp string) *oldClient {
	t.Helper()
	t.Cleanup(w.close)
	host, port, err := net.SplitHostPort(tcp)
	must(t, err)
	n, err := strconv.Atoi(port)
	must(t, err)
	return &oldClient{oldWire: w, t: t, http: "http://" + net.JoinHostPort(host, strconv.Itoa(n+2))}
}

func (c *oldClient) say(format string, args ...any) {
	c.t.Helper()
	must(c.t, c.write(soon(c.t), fmt.Sprintf(format, args...)))
}

// next reads a frame. One that 0.8 would not take fails the test.
func (c *oldClient) next() map[string]any {
	c.t.Helper()
	text, err := c.read(soon(c.t))
	must(c.t, err)
	v, err := oldFrame(text)
	if err != nil {
		c.t.Fatalf("0.8 does not take %s: %v", text, err)
	}
	return v
}

// waits returns the first frame of the type that has the fields, given as JSON.
// Others stay for later.
func (c *oldClient) waits(kind, fields string) map[string]any {
	c.t.Helper()
	var want map[string]any
	must(c.t, json.Unmarshal([]byte(fields), &want))
	for i := 0; ; i++ {
		if i == len(c.heard) {
			c.heard = append(c.heard, c.next())
		}
		if v := c.heard[i]; v["type"] == kind && has(v, want) {
			c.heard = slices.Delete(c.heard, i, i+1)
			return v
		}
	}
}

func has(v, want map[string]any) bool {
	for name, w := range want {
		if inner, ok := w.(map[string]any); ok {
			if object, _ := v[name].(map[string]any); !has(object, inner) {
				return false
			}
		} else if v[name] != w {
			return false
		}
	}
	return true
}

// ping may be said at any time; the answer may come after others.
func (c *oldClient) ping() {
	c.t.Helper()
	c.say(`{"type":"ping"}`)
	c.waits("pong", `{}`)
}

// ask makes a request as 0.8 does: a body only where there is one to send. The
// answer must have a status from 200 to 299 and the shape.
func (c *oldClient) ask(method, path, body string, s shape) map[string]any {
	c.t.Helper()
	status, v := c.request(method, path, body)
	if status < 200 || status > 299 {
		c.t.Fatalf("%s %s: %d, %v", method, path, status, v)
	}
	if err := s.check(v); err != nil {
		c.t.Fatalf("0.8 does not take the answer to %s %s: %v in %v", method, path, err, v)
	}
	object, _ := v.(map[string]any)
	return object
}

// refused makes a request that is to fail with the code.
func (c *oldClient) refused(method, path, body, code string) {
	c.t.Helper()
	status, v := c.request(method, path, body)
	if status < 300 {
		c.t.Fatalf("%s %s: %d", method, path, status)
	}
	if err := (shape{"error": shape{"code": oneOf(code), "message": aString}.check}).check(v); err != nil {
		c.t.Fatalf("%s %s: %v in %v", method, path, err, v)
	}
}

func (c *oldClient) request(method, path, body string) (int, any) {
	c.t.Helper()
	req, err := http.NewRequestWithContext(soon(c.t), method, c.http+path, bytes.NewBufferString(body))
	must(c.t, err)
	if body == "" {
		req.Body = http.NoBody
	} else {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	resp, err := http.DefaultClient.Do(req)
	must(c.t, err)
	defer resp.Body.Close() // it is read
	text, err := io.ReadAll(resp.Body)
	must(c.t, err)
	if len(text) == 0 {
		return resp.StatusCode, nil
	}
	v, err := strict(text)
	must(c.t, err)
	return resp.StatusCode, v
}

func oldFramed(text string) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(text))), text...)
}

type oldTCPWire struct {
	conn net.Conn
	aead cipher.AEAD // nil before the keys
}

func (w *oldTCPWire) read(ctx context.Context) ([]byte, error) {
	end, _ := ctx.Deadline()
	if err := w.conn.SetReadDeadline(end); err != nil {
		return nil, err
	}
	head := make([]byte, 4)
	if _, err := io.ReadFull(w.conn, head); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(head)
	if n > 1<<20 || w.aead != nil && n < 28 {
		return nil, fmt.Errorf("a frame of %d bytes", n)
	}
	payload := make([]byte, n)
	if _, err := io.ReadFull(w.conn, payload); err != nil || w.aead == nil {
		return payload, err
	}
	return w.aead.Open(nil, payload[:12], payload[12:], nil)
}

func (w *oldTCPWire) write(_ context.Context, text string) error {
	if w.aead != nil {
		nonce := make([]byte, 12)
		_, _ = rand.Read(nonce)
		text = string(w.aead.Seal(nonce, nonce, []byte(text), nil))
	}
	_, err := w.conn.Write(oldFramed(text))
	return err
}

func (w *oldTCPWire) close() { _ = w.conn.Close() }

type oldWSWire struct{ conn *websocket.Conn }

func (w oldWSWire) read(ctx context.Context) ([]byte, error) {
	kind, text, err := w.conn.Read(ctx)
	if err == nil && kind != websocket.MessageText {
		err = fmt.Errorf("a message of the kind %v", kind)
	}
	return text, err
}

func (w oldWSWire) write(ctx context.Context, text string) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	return w.conn.Write(ctx, websocket.MessageText, []byte(text))
}

func (w oldWSWire) close() { _ = w.conn.CloseNow() }
