// Package sealed encrypts the frames of one link between a client and a
// gateway, as Lair Chat 0.8 does: X25519 with new keys for each connection, and
// AES-256-GCM with the shared secret as its key.
//
// It keeps out who only listens. Nobody proves who he is, so somebody who can
// change what is sent on the way can read it all: against that there is TLS.
package sealed

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
)

// Overhead is by how much a sealed frame is longer: a nonce of 12 bytes in
// front, and a tag of 16 behind.
const Overhead = 28

// ErrForged says that a frame was not sealed with the key of the link, or was
// changed on the way.
var ErrForged = errors.New("the frame cannot be decrypted")

// Cipher seals and opens the frames of a link, in both directions. It is safe
// for concurrent use.
type Cipher struct{ aead cipher.AEAD }

// Offer is one side's half of a key. It is used once.
type Offer struct{ private *ecdh.PrivateKey }

// NewOffer makes a half with a new key.
func NewOffer() (*Offer, error) {
	private, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	return &Offer{private}, nil
}

// Public returns what the other side has to know, in base64.
func (o *Offer) Public() string {
	return base64.StdEncoding.EncodeToString(o.private.PublicKey().Bytes())
}

// encodedKey is the length of a public key in base64, with its padding.
const encodedKey = 44

// Accept makes the cipher from what the other side sent. Keys that lead to the
// same secret with everybody are refused.
func (o *Offer) Accept(public string) (*Cipher, error) {
	raw, err := base64.StdEncoding.Strict().DecodeString(public)
	if err != nil || len(public) != encodedKey { // the decoder skips line breaks
		return nil, errors.New("the public key is not 32 bytes in base64")
	}
	key, err := ecdh.X25519().NewPublicKey(raw)
	if err != nil {
		return nil, fmt.Errorf("the public key is of no use: %w", err)
	}
	secret, err := o.private.ECDH(key)
	if err != nil {
		return nil, fmt.Errorf("the public key is of no use: %w", err)
	}
	return newCipher(secret)
}

func newCipher(secret []byte) (*Cipher, error) {
	block, err := aes.NewCipher(secret)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	return &Cipher{aead}, nil
}

// Seal appends the sealed text to dst, with which it must not overlap.
func (c *Cipher) Seal(dst, text []byte) []byte { return c.aead.Seal(dst, nil, text, nil) }

// Open returns the text of a sealed frame. It is written over the frame.
func (c *Cipher) Open(frame []byte) ([]byte, error) {
	if len(frame) < Overhead {
		return nil, ErrForged
	}
	text, err := c.aead.Open(frame[:0], nil, frame, nil)
	if err != nil {
		return nil, ErrForged
	}
	return text, nil
}
