package sock

import "net"

// Cipher changes what goes over a connection.
type Cipher struct {
	// Seal returns what is written in place of frames. Those may be shared, and
	// must not be changed.
	Seal func(frames []byte) []byte
	// Open returns what the payload of a frame is. It may be written over.
	Open func(payload []byte) ([]byte, error)
}

// Switch pushes last words in clear: all that is pushed after them goes through
// the cipher. Nothing comes in between.
func (c *Conn) Switch(clear []byte, to *Cipher) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.ending {
		return net.ErrClosed
	}
	if err := c.push(clear); err != nil {
		return err
	}
	c.cipher = to
	return nil
}

// Cipher returns the one that Switch was given, nil if there is none. What the
// client says is for the reader to open.
func (c *Conn) Cipher() *Cipher {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cipher
}
