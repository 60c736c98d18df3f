package sock

import (
	"errors"
	"io"
	"net"
	"sync"
	"syscall"
	"time"
)

// minBuffer is the size of a pooled buffer: several frames of the usual size.
const minBuffer = 4 << 10

var buffers = sync.Pool{New: func() any { b := make([]byte, minBuffer); return &b }}

// reader has a buffer only while something is in it.
type reader struct {
	buf  *[]byte
	r, w int // what is read and not yet consumed is buf[r:w]
}

// Buffered returns what has been read and not been consumed. It is valid until
// the next call of Consume or Fill.
func (c *Conn) Buffered() []byte {
	if c.in.buf == nil {
		return nil
	}
	return (*c.in.buf)[c.in.r:c.in.w]
}

// Consume forgets the first n bytes of Buffered.
func (c *Conn) Consume(n int) {
	c.in.r += n
	if c.in.r == c.in.w {
		c.release()
	}
}

func (c *Conn) release() {
	if c.in.buf != nil && len(*c.in.buf) == minBuffer {
		buffers.Put(c.in.buf)
	}
	c.in = reader{}
}

// room makes place for at least one byte more.
func (c *Conn) room() {
	if c.in.buf == nil {
		c.in.buf = buffers.Get().(*[]byte) //nolint:forcetypeassert // nothing else is put there
		c.in.r, c.in.w = 0, 0
	}
	buf := *c.in.buf
	if c.in.w < len(buf) {
		return
	}
	if c.in.r > 0 {
		c.in.w = copy(buf, buf[c.in.r:c.in.w])
		c.in.r = 0
		return
	}
	grown := make([]byte, 2*len(buf))
	copy(grown, buf)
	if len(buf) == minBuffer {
		buffers.Put(c.in.buf)
	}
	c.in.buf = &grown
}

// Deadline sets when Fill gives up waiting. After the last words it fails:
// nothing more is to be read.
func (c *Conn) Deadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.ending {
		return net.ErrClosed
	}
	return c.net.SetReadDeadline(t)
}

// Fill waits for bytes and adds them to Buffered. While it waits and nothing is
// buffered, the connection holds no buffer. The end of the stream is io.EOF.
func (c *Conn) Fill() error {
	if c.raw == nil {
		c.room()
		n, err := c.net.Read((*c.in.buf)[c.in.w:])
		c.in.w += n
		if n > 0 {
			return nil
		}
		return err
	}
	var n int
	var failed error
	err := c.raw.Read(func(fd uintptr) bool {
		c.room()
		for {
			n, failed = syscall.Read(int(fd), (*c.in.buf)[c.in.w:])
			if !errors.Is(failed, syscall.EINTR) {
				break
			}
		}
		if errors.Is(failed, syscall.EAGAIN) {
			if c.in.r == c.in.w {
				c.release()
			}
			return false // park until there is something
		}
		return true
	})
	switch {
	case err != nil:
		return err
	case failed != nil:
		return failed
	case n == 0:
		return io.EOF
	}
	c.in.w += n
	return nil
}
