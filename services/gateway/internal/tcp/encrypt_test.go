package tcp_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/lair-chat/lair/pkg/sealed"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/gateway/internal/frame"
)

const encrypting = `{"type":"client_hello","version":"1.0","client_name":"Lair Chat TUI","features":["encryption"]}`

// secret is a client whose link is encrypted.
type secret struct {
	*client
	cipher *sealed.Cipher
}

func exchange(o *sealed.Offer) []byte {
	return framed(`{"type":"key_exchange","public_key":"` + o.Public() + `"}`)
}

func offer(t *testing.T) *sealed.Offer {
	t.Helper()
	o, err := sealed.NewOffer()
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// agreed reads the answer to a key exchange.
func (c *client) agreed(o *sealed.Offer) *secret {
	c.t.Helper()
	v := c.read()
	public, _ := v["public_key"].(string)
	if v["type"] != "key_exchange_response" || len(v) != 2 {
		c.t.Fatalf("got %v", v)
	}
	cipher, err := o.Accept(public)
	if err != nil {
		c.t.Fatal(err)
	}
	return &secret{c, cipher}
}

// encrypted is a client that said hello and its key in one piece, as 0.8 does.
func (w *world) encrypted() *secret {
	w.t.Helper()
	c, o := w.greeted(), offer(w.t)
	c.write(append(framed(encrypting), exchange(o)...))
	return c.agreed(o)
}

func (s *secret) sealed(text string) []byte {
	return framed(string(s.cipher.Seal(nil, []byte(text))))
}

func (s *secret) want(kind, code string) {
	s.t.Helper()
	head := make([]byte, 4)
	if _, err := io.ReadFull(s, head); err != nil {
		s.t.Fatal(err)
	}
	payload := make([]byte, binary.BigEndian.Uint32(head))
	if _, err := io.ReadFull(s, payload); err != nil {
		s.t.Fatal(err)
	}
	text, err := s.cipher.Open(payload)
	if err != nil {
		s.t.Fatalf("%q: %v", payload, err)
	}
	var v map[string]any
	if err := json.Unmarshal(text, &v); err != nil {
		s.t.Fatalf("%q: %v", text, err)
	}
	if got, _ := v["code"].(string); v["type"] != kind || got != code {
		s.t.Errorf("got %v, want %s %s", v, kind, code)
	}
}

func TestAfterTheKeysEverythingIsEncrypted(t *testing.T) {
	run(t, 0, func(w *world) {
		s := w.encrypted()
		s.write(s.sealed(`{"type":"ping"}`))
		s.want("pong", "")
		s.write(append(s.sealed(`{"type":"logout"}`), s.sealed(`{`)...))
		s.want("error", "unauthorized")
		s.want("error", "invalid_message")
		_ = s.Close()
	})
}

// Pings around the exchange are answered in clear before the key, and encrypted
// after it, in whatever pieces all that comes and goes.
func TestEachFrameIsEncryptedOrNotByItsPlace(t *testing.T) {
	run(t, 0, func(w *world) {
		c, o := w.greeted(), offer(t)
		ping := framed(`{"type":"ping"}`)
		c.write(bytes.Join([][]byte{ping, framed(encrypting), ping, ping, exchange(o)}, nil))
		for range 3 {
			c.want("pong", "")
		}
		s := c.agreed(o)
		for range 2 {
			s.write(s.sealed(`{"type":"ping"}`))
			s.want("pong", "")
		}
		_ = s.Close()
	})
}

func TestBetweenHelloAndKeyOnlyTheKeyIsUnderstood(t *testing.T) {
	run(t, 0, func(w *world) {
		c := w.greeted()
		c.write(framed(`{"type":"key_exchange","public_key":"x"}`))
		c.want("error", "unauthorized")
		c.write(framed(encrypting))
		for _, text := range []string{encrypting, `{"type":"authenticate","token":"x"}`, `{"type":"logout"}`} {
			c.write(framed(text))
			c.want("error", "unauthorized")
		}
		c.write(framed(`{"type":"key_exchange"}`))
		c.want("error", "invalid_message")
		// A bad key has no answer, and a good one may follow.
		for _, key := range []string{"", "x", strings.Repeat("A", 43) + "=", strings.Repeat("A", 44)} {
			c.write(framed(`{"type":"key_exchange","public_key":"` + key + `"}`))
		}
		o := offer(t)
		c.write(exchange(o))
		s := c.agreed(o)
		s.write(s.sealed(`{"type":"key_exchange","public_key":"x"}`))
		s.want("error", "unauthorized")
		_ = s.Close()
	})
}

func TestWhoDoesNotAskIsNotEncrypted(t *testing.T) {
	run(t, 0, func(w *world) {
		c := w.greeted()
		c.write(framed(`{"type":"client_hello","version":"1.0"}`))
		c.write(exchange(offer(t)))
		c.want("error", "unauthorized")
		c.write(framed(`{"type":"ping"}`))
		c.want("pong", "")
		_ = c.Close()
	})
}

func TestWhatCannotBeDecryptedEndsTheConnection(t *testing.T) {
	for name, text := range map[string]string{
		"Empty": "", "Clear": `{"type":"ping"}`, "Short": strings.Repeat("x", 27),
		"Forged": strings.Repeat("x", 28), "Long": padded(frame.MaxPayload),
	} {
		t.Run(name, func(t *testing.T) {
			run(t, 0, func(w *world) {
				s := w.encrypted()
				s.write(append(s.sealed(`{"type":"ping"}`), framed(text)...))
				s.want("pong", "")
				s.want("error", clientv1.CodeProtocol)
				s.wantEnd()
			})
		})
	}
}

func TestTheLengthOfAnEncryptedFrameHasTheSameBound(t *testing.T) {
	run(t, 0, func(w *world) {
		s := w.encrypted()
		s.write(s.sealed(padded(frame.MaxText)))
		s.want("pong", "")
		s.write([]byte{0, 16, 0, 1})
		s.want("error", clientv1.CodeTooLarge)
		s.wantEnd()
	})
}

func TestEncryptedTextMustBeUTF8(t *testing.T) {
	run(t, 0, func(w *world) {
		s := w.encrypted()
		s.write(s.sealed("\"\xff\""))
		s.want("error", clientv1.CodeNotUTF8)
		s.wantEnd()
	})
}

func TestWhoDoesNotSendAKeyIsCutOff(t *testing.T) {
	run(t, 0, func(w *world) {
		c := w.greeted()
		c.write(framed(encrypting))
		c.want("error", clientv1.CodeTimeout)
		c.wantEnd()
	})
}
