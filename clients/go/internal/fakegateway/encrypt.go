package fakegateway

import (
	"github.com/lair-chat/lair/pkg/sealed"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// exchangeKeys answers in clear and encrypts from then on. The caller holds
// Gateway.mu, as for the two below.
func (c *conn) exchangeKeys(cmd clientv1.Command) {
	answer := clientv1.KeyExchangeResponse{Type: clientv1.TypeResponse(clientv1.TypeKeyExchange), PublicKey: "none"}
	offer, err := sealed.NewOffer()
	if err != nil {
		panic(err)
	}
	if c.g.faults.strikes(BadKey) {
		c.push(encode(answer))
		return
	}
	cipher, err := offer.Accept(*cmd.PublicKey)
	if err != nil {
		return
	}
	answer.PublicKey = offer.Public()
	c.push(encode(answer))
	c.cipher = cipher
	c.g.encrypted++
}

func (c *conn) seal(raw []byte) []byte {
	if c.cipher == nil {
		return raw
	}
	return c.cipher.Seal(nil, raw)
}

// open returns the text of a frame, nil if it was not sealed as it should be.
func (c *conn) open(raw []byte) []byte {
	if c.cipher == nil {
		return raw
	}
	text, err := c.cipher.Open(raw)
	if err != nil {
		return nil
	}
	return text
}

// Encrypted returns how many connections were encrypted so far.
func (g *Gateway) Encrypted() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.encrypted
}
