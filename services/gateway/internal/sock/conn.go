// Package sock is a client's connection as the gateway wants it: writes never
// wait, what does not fit is queued with a bound, and a connection that says
// nothing costs one parked goroutine and no buffers.
package sock

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Limits bound what slow connections may cost.
type Limits struct {
	Queue int           // bytes that wait for one connection
	Total *atomic.Int64 // bytes that wait for all of them
	Max   int64         // bound of Total
	Write time.Duration // how long queued bytes may make no progress
}

// NewLimits returns the usual bounds: 256 KiB and ten seconds a connection,
// 256 MiB in all.
func NewLimits() *Limits {
	return &Limits{Queue: 256 << 10, Total: new(atomic.Int64), Max: 256 << 20, Write: 10 * time.Second}
}

// ErrFull says that a connection does not read fast enough.
var ErrFull = errors.New("the client does not read")

// Conn is a connection. Push and Close may be called by any goroutine, the
// methods that read by one.
type Conn struct {
	net    net.Conn
	raw    syscall.RawConn // nil if bytes are changed on the way, as in TLS
	limits *Limits

	mu       sync.Mutex
	queue    net.Buffers
	queued   int
	flushing bool
	ending   bool // the last words are queued: nothing comes after them
	closed   bool
	drained  chan struct{} // closed when the queue empties; nil if nobody waits
	cipher   *Cipher       // nil on most

	in reader
}

// New takes over nc.
func New(nc net.Conn, limits *Limits) *Conn {
	c := &Conn{net: nc, limits: limits}
	if s, ok := nc.(syscall.Conn); ok {
		if raw, err := s.SyscallConn(); err == nil {
			c.raw = raw
		}
	}
	return c
}

// RemoteAddr returns the address of the client.
func (c *Conn) RemoteAddr() net.Addr { return c.net.RemoteAddr() }

// Push writes b, or queues what the kernel does not take at once; the caller
// must not change b afterwards. It never waits. ErrFull means that b was not
// taken because too much is queued; the connection is then of no more use than
// for last words. Any other error is net.ErrClosed.
func (c *Conn) Push(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.ending {
		return net.ErrClosed
	}
	if c.cipher != nil {
		if c.flushing && c.full() {
			return ErrFull // and not a byte of it worth the work
		}
		b = c.cipher.Seal(b)
	}
	return c.push(b)
}

// push is Push of what is to be written as it is; the lock must be held.
func (c *Conn) push(b []byte) error {
	n, err := c.try(b)
	switch {
	case err != nil:
		c.close()
		return errors.Join(net.ErrClosed, err)
	case n == len(b):
		return nil
	case n == 0 && c.full(): // what the kernel has begun to take must be finished
		return ErrFull
	}
	c.enqueue(b[n:])
	return nil
}

// full reports whether too much is queued. One push may go over the bound, so
// that a large answer always fits.
func (c *Conn) full() bool {
	return c.queued > c.limits.Queue || c.limits.Total.Load() > c.limits.Max
}

// Busy reports whether bytes are waiting: what may be lost is better not
// pushed now.
func (c *Conn) Busy() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.flushing
}

// Drained waits until nothing is queued.
func (c *Conn) Drained(ctx context.Context) error {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return net.ErrClosed
	}
	if !c.flushing {
		c.mu.Unlock()
		return nil
	}
	if c.drained == nil {
		c.drained = make(chan struct{})
	}
	drained := c.drained
	c.mu.Unlock()
	select {
	case <-drained:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// enqueue leaves b to the flusher; the lock must be held.
func (c *Conn) enqueue(b []byte) {
	c.queue = append(c.queue, b)
	c.add(len(b))
	if !c.flushing {
		c.flushing = true
		go c.flush()
	}
}

func (c *Conn) add(n int) {
	c.queued += n
	c.limits.Total.Add(int64(n))
}

// try writes without waiting and returns how many bytes were taken, none while
// others are queued; the lock must be held.
func (c *Conn) try(b []byte) (int, error) {
	if c.flushing || c.raw == nil {
		return 0, nil // only the flusher may wait
	}
	var n int
	var failed error
	err := c.raw.Write(func(fd uintptr) bool {
		for {
			n, failed = syscall.Write(int(fd), b)
			if !errors.Is(failed, syscall.EINTR) {
				return true
			}
		}
	})
	if errors.Is(failed, syscall.EAGAIN) {
		return 0, err
	}
	return max(n, 0), errors.Join(err, failed)
}

// flush writes what is queued, all at once, until nothing is left. It lives
// only while something is.
func (c *Conn) flush() {
	for {
		queue := c.take()
		if queue == nil {
			return
		}
		for len(queue) > 0 {
			err := c.net.SetWriteDeadline(time.Now().Add(c.limits.Write))
			var n int64
			if err == nil {
				n, err = c.write(&queue)
			}
			c.sent(int(n))
			// A client that reads slowly, but reads, has time.
			if err != nil && (n == 0 || !IsTimeout(err)) {
				c.abort()
				return
			}
		}
	}
}

// take returns what is queued, nil if the flusher is to end.
func (c *Conn) take() net.Buffers {
	c.mu.Lock()
	defer c.mu.Unlock()
	queue := c.queue
	c.queue = nil
	switch {
	case c.closed || len(queue) > 0:
	case c.ending:
		c.idle()
		c.part()
	default:
		c.idle()
		// Once it had passed, no write would be tried any more.
		_ = c.net.SetWriteDeadline(time.Time{})
	}
	return queue
}

func (c *Conn) sent(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed {
		c.add(-n)
	}
}

// idle says that nothing is queued any more; the lock must be held.
func (c *Conn) idle() {
	c.flushing = false
	if c.drained != nil {
		close(c.drained)
		c.drained = nil
	}
}

// Close ends the connection and lets go of what is queued. Last words still
// have their moment.
func (c *Conn) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.ending {
		c.close()
	}
}

func (c *Conn) abort() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.close()
}

// close lets go of everything; the lock must be held.
func (c *Conn) close() {
	if c.closed {
		return
	}
	c.closed = true
	c.add(-c.queued)
	c.queue = nil
	c.idle()
	_ = c.below().Close()
}

// lastWords is how long last words may take to leave.
const lastWords = time.Second

// CloseAfter pushes last words, however much is queued, gives them a moment to
// leave, and closes. Nothing can be pushed after them. It does not wait.
func (c *Conn) CloseAfter(b []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.ending {
		return
	}
	if c.cipher != nil {
		b = c.cipher.Seal(b)
	}
	n, err := c.try(b)
	if err != nil {
		c.close()
		return
	}
	c.ending = true
	if n == len(b) {
		c.part()
		return
	}
	c.enqueue(b[n:])
	time.AfterFunc(lastWords, c.abort)
}

// maxIgnored is how much of what a client still sends is read after last words.
const maxIgnored = 4 << 20

// part closes our side when everything is written, and the other one a moment
// later: closed at once, with bytes unread, the kernel would reset the connection
// and the client might never see the last words (RFC 1122, section 4.2.2.13).
// The lock must be held.
func (c *Conn) part() {
	half, ok := c.net.(interface{ CloseWrite() error })
	if !ok {
		c.close()
		return
	}
	go func() { // TLS has a word of its own for it, which may wait
		if half.CloseWrite() == nil && c.net.SetReadDeadline(time.Now().Add(lastWords)) == nil {
			_, _ = io.CopyN(io.Discard, c.below(), maxIgnored)
		}
		c.abort()
	}()
}

// IsTimeout reports whether err says that the client was silent too long.
func IsTimeout(err error) bool { return errors.Is(err, os.ErrDeadlineExceeded) }
