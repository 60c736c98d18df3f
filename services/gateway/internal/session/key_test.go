package session_test

import (
	"testing"
	"time"

	"github.com/lair-chat/lair/pkg/sealed"
	"github.com/lair-chat/lair/services/gateway/internal/frame"
	"github.com/lair-chat/lair/services/gateway/internal/session"
)

const (
	encryptingHello = `{"type":"client_hello","version":"1.0","features":["encryption","resume"]}`
	annKey          = `{"type":"key_exchange","request_id":"r","public_key":"pOCSkrZRwni5dyxWn1+puxPZBrRqtoyd+dwrRAn4ogk="}`
)

// secret is a link that can be encrypted.
type secret struct {
	*link
	cipher *sealed.Cipher
}

var _ session.Encrypter = &secret{}

func (s *secret) Encrypt(clear []byte, c *sealed.Cipher) error {
	s.change(func() { s.cipher = c })
	return s.Push(clear)
}

// encrypting connects a client over such a link.
func (w *world) encrypting() (*client, *secret) {
	w.t.Helper()
	s := &secret{link: &link{drained: make(chan struct{})}}
	close(s.drained)
	c := &client{link: s.link, t: w.t}
	c.Session = w.gate.Open(s, frame.TCPPlain, "192.0.2.1")
	c.want(`{"type":"server_hello"}`)
	return c, s
}

func TestTheStateAfterTheHelloWaitsForAKey(t *testing.T) {
	run(t, func(w *world) {
		c, s := w.encrypting()
		c.say("%s", annKey)
		c.want(`{"type":"error","code":"unauthorized","request_id":"r"}`)
		c.say("%s", encryptingHello)
		for _, text := range append(append(early, late...), hello) {
			c.say("%s", text)
			c.want(`{"type":"error","code":"unauthorized","request_id":"r"}`)
		}
		c.say(`{"type":"ping"}`)
		c.want(`{"type":"pong"}`)
		c.say(`{"type":"key_exchange","public_key":"no"}`)
		c.wantOpen() // and there is no answer
		c.wantDeadline(30 * time.Second)
		time.Sleep(29 * time.Second)
		c.wantDeadline(time.Second)
		c.say("%s", annKey)
		c.want(`{"type":"key_exchange_response","request_id":null,"success":null}`)
		if s.cipher == nil {
			t.Error("the link was not told")
		}
		c.wantDeadline(time.Minute)
		c.say("%s", annKey)
		c.want(`{"type":"error","code":"unauthorized","request_id":"r"}`)
		c.say(`{"type":"authenticate","token":"ann"}`)
		c.want(`{"type":"authenticate_response","success":true}`)
		c.say("%s", annKey)
		c.want(`{"type":"error","code":"not_implemented","request_id":"r"}`)
		c.say(`{"type":"resume"}`)
		c.want(`{"type":"resume_response","success":true}`)
		c.wantOpen()
		c.Close()
	})
}

func TestOnlyLinksThatCanAreEncrypted(t *testing.T) {
	run(t, func(w *world) {
		c := w.open()
		c.say("%s", encryptingHello)
		c.say("%s", annKey)
		c.want(`{"type":"error","code":"unauthorized","request_id":"r"}`)
		c.say(`{"type":"authenticate","token":"ann"}`)
		c.want(`{"type":"authenticate_response","success":true}`)
		c.say("%s", annKey)
		c.want(`{"type":"error","code":"not_supported","request_id":"r"}`)
		c.wantOpen()
		c.Close()
	})
}

func TestWhoDoesNotAskNeedsNoKey(t *testing.T) {
	run(t, func(w *world) {
		c, s := w.encrypting()
		c.say("%s", hello)
		c.say(`{"type":"authenticate","token":"ann"}`)
		c.want(`{"type":"authenticate_response","success":true}`)
		c.say("%s", annKey)
		c.want(`{"type":"error","code":"not_implemented","request_id":"r"}`)
		if s.cipher != nil {
			t.Error("the link is encrypted")
		}
		c.Close()
	})
}
