// Package tcp serves the real-time protocol over TCP: each message has its
// length in four bytes in front, the most significant first.
package tcp

import (
	"context"
	"encoding/binary"
	"errors"
	"log/slog"
	"net"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/lair-chat/lair/pkg/sealed"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/gateway/internal/door"
	"github.com/lair-chat/lair/services/gateway/internal/frame"
	"github.com/lair-chat/lair/services/gateway/internal/session"
	"github.com/lair-chat/lair/services/gateway/internal/sock"
)

// prefix is the size of the length in front of a message.
const prefix = 4

// Server accepts connections.
type Server struct {
	Gate   *session.Gate
	Limits *sock.Limits
	// Max is how many connections there may be; 0 is no limit. Those beyond are
	// closed at once, without a byte.
	Max  int
	Door *door.Door // bounds the connections of one address
	// Refused hears of those that are not let in; nil does not.
	Refused *door.Refusals
	// Client returns the address of the client of a connection, after reading
	// what a proxy says of it; nil is the other end.
	Client func(net.Conn) (string, error)
	Log    *slog.Logger
	Gauge  interface{ Add(float64) } // counts connections

	mu   sync.Mutex
	open int
}

// Serve accepts connections until lis is closed.
func (s *Server) Serve(ctx context.Context, lis net.Listener) error {
	pause := time.Millisecond
	for {
		nc, err := lis.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return nil
		case err != nil:
			// Usually too many open files: others will go, and make place.
			s.Log.WarnContext(ctx, "a connection was not accepted", "err", err)
			time.Sleep(pause)
			pause = min(2*pause, time.Second)
			continue
		}
		pause = time.Millisecond
		if !s.enter() {
			s.Refused.Add(door.Gateway, nc.RemoteAddr().String())
			_ = nc.Close()
			continue
		}
		go s.serve(nc)
	}
}

func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Max > 0 && s.open >= s.Max {
		return false
	}
	s.open++
	s.Gauge.Add(1)
	return true
}

func (s *Server) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open--
	s.Gauge.Add(-1)
}

func (s *Server) serve(nc net.Conn) {
	defer s.leave()
	host, ok := s.client(nc)
	if !ok {
		_ = nc.Close()
		return
	}
	below, ok := handshake(nc)
	if !ok {
		_ = nc.Close()
		return
	}
	if tcp, ok := below.(*net.TCPConn); ok {
		// Half-open connections end at the idle limit of the protocol; the
		// kernel's probes find them sooner.
		_ = tcp.SetKeepAliveConfig(net.KeepAliveConfig{Enable: true, Idle: time.Minute, Interval: 15 * time.Second, Count: 3})
	}
	if !s.Door.Enter(host) {
		s.Refused.Add(door.Address, host)
		turnAway(nc)
		return
	}
	defer s.Door.Leave(host)
	conn := sock.New(nc, s.Limits)
	defer conn.Close()
	sess := s.Gate.Open(link{conn}, frame.TCPPlain, host)
	defer sess.Close()
	read(conn, sess)
}

// turnAway says why and closes, without waiting for the client: there are too
// many of its kind.
func turnAway(nc net.Conn) {
	_ = nc.SetWriteDeadline(time.Now().Add(time.Second))
	_, _ = nc.Write(frame.TCPPlain.Encode(clientv1.ErrorFrame{Type: clientv1.TypeError, Error: clientv1.Error{
		Code: clientv1.CodeCrowded, Message: "too many connections from this address",
	}}))
	_ = nc.Close()
}

// read hands over message after message until the connection is over.
func read(conn *sock.Conn, sess *session.Session) {
	for {
		if conn.Deadline(sess.Deadline()) != nil {
			return
		}
		payload, err := next(conn)
		size := prefix + len(payload)
		text := payload
		if c := conn.Cipher(); c != nil && err == nil {
			text, err = c.Open(payload)
		}
		switch {
		case sock.IsTimeout(err):
			sess.TimedOut()
			return
		case errors.Is(err, errTooLarge):
			sess.Refuse(clientv1.CodeTooLarge, "a message must have at most 1048576 bytes")
			return
		case errors.Is(err, sealed.ErrForged):
			sess.Refuse(clientv1.CodeProtocol, "a message could not be decrypted")
			return
		case err != nil:
			return
		case !utf8.Valid(text):
			sess.Refuse(clientv1.CodeNotUTF8, "a message must be UTF-8")
			return
		}
		more := sess.Handle(text)
		conn.Consume(size)
		if !more {
			return
		}
	}
}

var errTooLarge = errors.New("the message is too large")

// next returns the payload of the next frame, which stays buffered until it is
// consumed.
func next(conn *sock.Conn) ([]byte, error) {
	for {
		b := conn.Buffered()
		if len(b) >= prefix {
			n := int(binary.BigEndian.Uint32(b))
			if n > frame.MaxPayload {
				return nil, errTooLarge
			}
			if len(b) >= prefix+n {
				return b[prefix : prefix+n], nil
			}
		}
		if err := conn.Fill(); err != nil {
			return nil, err
		}
	}
}

// link is a connection as a session wants it.
type link struct{ *sock.Conn }

// End implements session.Link. TCP has no close codes.
func (l link) End(frames []byte, _ int) { l.CloseAfter(frames) }
