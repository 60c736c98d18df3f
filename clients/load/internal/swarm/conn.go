package swarm

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"

	"golang.org/x/sys/unix"
)

// Conn is one connection. Its methods are called by one goroutine; Write may be
// called by another.
type Conn struct {
	// Index is the caller's own name of the connection, and Seq the newest
	// position that it got.
	Index int
	Seq   int64

	kind Kind
	fd   int
	rest []byte // the beginning of a frame
	out  []byte // reused by Write
}

// patience, in seconds, is how long a connection waits while it is opened.
const patience = 30

// Dial opens a connection to a gateway from the address source, and makes the
// handshake of its transport. It blocks a thread meanwhile.
func Dial(kind Kind, to netip.AddrPort, source netip.Addr) (*Conn, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("a socket: %w", err)
	}
	c := &Conn{kind: kind, fd: fd}
	if err := c.connect(to, source); err != nil {
		c.Close()
		return nil, err
	}
	if kind == WebSocket {
		if err := c.upgrade(to); err != nil {
			c.Close()
			return nil, err
		}
	}
	return c, nil
}

func (c *Conn) connect(to netip.AddrPort, source netip.Addr) error {
	wait := unix.Timeval{Sec: patience}
	return errors.Join(
		unix.SetsockoptTimeval(c.fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &wait),
		unix.SetsockoptInt(c.fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1),
		// The port is chosen by connect, which knows more free ones.
		unix.SetsockoptInt(c.fd, unix.SOL_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1),
		unix.Bind(c.fd, &unix.SockaddrInet4{Addr: source.As4()}),
		unix.Connect(c.fd, &unix.SockaddrInet4{Addr: to.Addr().As4(), Port: int(to.Port())}),
	)
}

func (c *Conn) upgrade(to netip.AddrPort) error {
	const request = "GET /ws HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
	if err := c.raw(fmt.Appendf(nil, request, to)); err != nil {
		return err
	}
	for {
		if head, rest, ok := bytes.Cut(c.rest, []byte("\r\n\r\n")); ok {
			if !bytes.HasPrefix(head, []byte("HTTP/1.1 101")) {
				return fmt.Errorf("no WebSocket: %s", head)
			}
			c.rest = rest
			return nil
		}
		if err := c.fill(); err != nil {
			return err
		}
	}
}

// fill waits for bytes. It is for the time before the connection is in a swarm.
func (c *Conn) fill() error {
	var buf [4096]byte
	n, err := unix.Read(c.fd, buf[:])
	switch {
	case errors.Is(err, unix.EINTR):
		return nil
	case err != nil:
		return fmt.Errorf("read: %w", err)
	case n == 0:
		return io.ErrUnexpectedEOF
	}
	c.rest = append(c.rest, buf[:n]...)
	return nil
}

// await waits for a frame that begins with prefix. Others are skipped.
func (c *Conn) await(prefix string) error {
	for {
		payload, size, err := c.kind.split(c.rest)
		if err != nil {
			return err
		}
		if size == 0 {
			if err := c.fill(); err != nil {
				return fmt.Errorf("%w while waiting for %s", err, prefix)
			}
			continue
		}
		found := bytes.HasPrefix(payload, []byte(prefix))
		if !found && bytes.Contains(payload, []byte(`"error"`)) {
			return fmt.Errorf("the server says %s", payload)
		}
		c.rest = c.rest[size:]
		if found {
			return nil
		}
	}
}

// Write writes commands, each as one frame.
func (c *Conn) Write(commands ...[]byte) error {
	c.out = c.out[:0]
	for _, command := range commands {
		c.out = c.kind.append(c.out, command)
	}
	return c.raw(c.out)
}

// raw writes b, and waits if the kernel does not take it all.
func (c *Conn) raw(b []byte) error {
	for len(b) > 0 {
		n, err := unix.Write(c.fd, b)
		switch {
		case errors.Is(err, unix.EAGAIN):
			_, err = unix.Poll([]unix.PollFd{{Fd: int32(c.fd), Events: unix.POLLOUT}}, 1000*patience) //nolint:gosec // a descriptor
			if err != nil && !errors.Is(err, unix.EINTR) {
				return err
			}
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return fmt.Errorf("write: %w", err)
		default:
			b = b[n:]
		}
	}
	return nil
}

// Close ends the connection.
func (c *Conn) Close() { _ = unix.Close(c.fd) }
