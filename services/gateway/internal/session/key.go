package session

import (
	"context"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/sealed"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// Encrypter is a Link that can be encrypted. On WebSocket that is left to TLS.
type Encrypter interface {
	// Encrypt pushes last frames in clear; what is pushed after them, by
	// whomever, is encrypted, and so is what the client says next.
	Encrypt(clear []byte, c *sealed.Cipher) error
}

// encrypts returns the link if it can be encrypted, else nil.
func (s *Session) encrypts() Encrypter {
	e, _ := s.link.(Encrypter)
	return e
}

var errNoKey = fault.New(fault.Unauthenticated, "unauthorized", "say key_exchange first")

// exchangeKeys handles what comes after the hello of a client that wants to be
// encrypted. A key that is of no use is not answered, as in 0.8; a better one may
// follow.
func (s *Session) exchangeKeys(ctx context.Context, c *clientv1.Command) {
	if c.Type != clientv1.TypeKeyExchange {
		s.pushError(c.RequestID, errNoKey)
		return
	}
	offer, err := sealed.NewOffer()
	var cipher *sealed.Cipher
	if err == nil {
		cipher, err = offer.Accept(*c.PublicKey)
	}
	if err != nil {
		s.gate.needs.Log.InfoContext(ctx, "a link could not be encrypted", "address", s.address, "err", err)
		return
	}
	err = s.encrypts().Encrypt(s.Form().Encode(clientv1.KeyExchangeResponse{
		Type: clientv1.TypeResponse(c.Type), PublicKey: offer.Public(),
	}), cipher)
	if err != nil {
		s.overflow(err)
	}
	s.state, s.since = awaitingAuth, time.Now()
}

// lateKey says why keys are not exchanged after login.
func (s *Session) lateKey() error {
	if s.encrypts() == nil {
		return fault.New(fault.Invalid, "not_supported", "a WebSocket is encrypted with TLS or not at all")
	}
	return fault.New(fault.Invalid, "not_implemented", "keys are exchanged before login")
}
