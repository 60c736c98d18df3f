// Package swarm holds thousands of connections to a gateway on one thread, and
// reads what they get with as little work as possible: a generator must not
// become the limit before the server does. Start at Dial, Login and Pump.
package swarm

import (
	"errors"
	"fmt"
	"io"
	"time"

	"golang.org/x/sys/unix"
)

// Swarm is many connections that are read together. Its methods are called by
// one goroutine.
type Swarm struct {
	epoll  int
	conns  []*Conn
	events []unix.EpollEvent
	buf    []byte
}

// New returns a swarm that has taken over the connections.
func New(conns ...*Conn) (*Swarm, error) {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("epoll: %w", err)
	}
	s := &Swarm{epoll: epoll, events: make([]unix.EpollEvent, 512), buf: make([]byte, 256<<10)}
	for _, c := range conns {
		event := unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(len(s.conns))} //nolint:gosec // at most 20,000
		err := errors.Join(
			unix.SetNonblock(c.fd, true),
			unix.EpollCtl(s.epoll, unix.EPOLL_CTL_ADD, c.fd, &event),
		)
		if err != nil {
			s.Close()
			return nil, err
		}
		s.conns = append(s.conns, c)
	}
	return s, nil
}

// Conns returns the connections in the order in which they were added.
func (s *Swarm) Conns() []*Conn { return s.conns }

// Close ends all connections.
func (s *Swarm) Close() {
	for _, c := range s.conns {
		c.Close()
	}
	s.conns = nil
	_ = unix.Close(s.epoll)
}

// Pump reads what comes and hands over each frame, which is valid until handle
// returns, until done reports true or the deadline has passed. It reports
// whether it was done.
func (s *Swarm) Pump(deadline time.Time, done func() bool, handle func(c *Conn, frame []byte) error) (bool, error) {
	for !done() {
		left := time.Until(deadline)
		if left <= 0 {
			return false, nil
		}
		n, err := unix.EpollWait(s.epoll, s.events, int(min(left.Milliseconds()+1, 50)))
		if err != nil && !errors.Is(err, unix.EINTR) {
			return false, fmt.Errorf("epoll: %w", err)
		}
		for _, e := range s.events[:max(n, 0)] {
			if err := s.read(s.conns[e.Fd], handle); err != nil {
				return false, fmt.Errorf("connection %d: %w", e.Fd, err)
			}
		}
	}
	return true, nil
}

func (s *Swarm) read(c *Conn, handle func(*Conn, []byte) error) error {
	n, err := unix.Read(c.fd, s.buf)
	switch {
	case errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EINTR):
		return nil
	case err != nil:
		return fmt.Errorf("read: %w", err)
	case n == 0:
		return io.ErrUnexpectedEOF
	}
	b := s.buf[:n]
	if len(c.rest) > 0 {
		c.rest = append(c.rest, b...)
		b = c.rest
	}
	for {
		payload, size, err := c.kind.split(b)
		if err != nil {
			return err
		}
		if size == 0 {
			break
		}
		if err := handle(c, payload); err != nil {
			return err
		}
		b = b[size:]
	}
	c.rest = append(c.rest[:0], b...)
	return nil
}
