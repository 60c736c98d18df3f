package session

import (
	"cmp"
	"context"
	"errors"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/rpc"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/gateway/internal/frame"
	"github.com/lair-chat/lair/services/gateway/internal/hub"
	"github.com/lair-chat/lair/services/gateway/internal/quota"
)

// How long a client may be silent in each state, and how long the states before
// login may last in all.
const (
	helloTime = 30 * time.Second
	authIdle  = 60 * time.Second
	authTime  = 5 * time.Minute
	idleTime  = 90 * time.Second
)

// commandTime bounds the work for one command.
const commandTime = 10 * time.Second

type state uint8

const (
	awaitingHello state = iota
	awaitingKey
	awaitingAuth
	authenticated
	closing
)

// Session is one connection. Handle, Deadline and Close are called by the one
// goroutine that reads; everything else by any.
type Session struct {
	gate    *Gate
	link    Link
	key     uint64
	address string
	from    quota.Caller // the address, to count by
	answers answers

	// Owned by the reader.
	state      state
	outcome    string    // of the command that is being handled; empty if it is still open
	since      time.Time // when the state began
	clientName string
	carried    string  // the token that came with the request for the connection, until it is used
	typed      hub.Key // where the user was last typing, and when
	typedAt    time.Time

	// When the login ends, in microseconds since 1970; 0 before the client was
	// told that it is logged in.
	expires atomic.Int64

	// The end that the client was warned of. Owned by the clock of the gate.
	warned int64

	// A frame.Form: it changes once, when the client says which features it has.
	form atomic.Uint32

	// Written by the reader before others see the session, and then only read.
	user  id.User
	login id.Session

	mu      sync.Mutex
	resumed bool // gets events
	ended   bool
	keys    []hub.Key // what it follows or has followed
	chases  []chase   // what it is behind with
	chasing bool
}

func hello() clientv1.ServerHello {
	return clientv1.ServerHello{
		Type: clientv1.TypeServerHello, Version: clientv1.Version, ServerName: "Lair Chat",
		Features: []string{clientv1.FeatureEncryption, clientv1.FeatureResume},
	}
}

// Deadline returns until when the next message must have come.
func (s *Session) Deadline() time.Time {
	switch s.state {
	case awaitingHello, awaitingKey:
		return s.since.Add(helloTime)
	case awaitingAuth:
		idle, end := time.Now().Add(authIdle), s.since.Add(authTime)
		if end.Before(idle) {
			return end
		}
		return idle
	case authenticated, closing:
	}
	return time.Now().Add(idleTime)
}

// TimedOut says that Deadline has passed.
func (s *Session) TimedOut() { s.fatal(clientv1.CodeTimeout, "you were silent for too long") }

// Refuse ends the connection because of what was sent on it.
func (s *Session) Refuse(code, text string) { s.fatal(code, text) }

// Unsupported answers a message that is no text.
func (s *Session) Unsupported() {
	s.answers.settle()
	s.pushError(nil, fault.New(fault.Invalid, "unsupported", "only text messages are understood"))
}

// Handle does what one message asks for. It reports whether more may follow.
func (s *Session) Handle(text []byte) bool {
	if s.state == closing {
		return false
	}
	begun := time.Now()
	c, err := frame.Decode(text)
	err = cmp.Or(err, s.lend(c))
	s.outcome = CodeOK
	ctx := context.Background()
	defer func() {
		s.handled(ctx, c, err, begun)
		trace.SpanFromContext(ctx).End()
	}()
	if err != nil {
		s.answers.settle()
		s.pushError(c.RequestID, cmp.Or(s.charge(quota.Requests), err))
		return true
	}
	if s.state == authenticated && !s.inForce() {
		return false
	}
	if !s.admit(c) {
		return true
	}
	if c.Type == clientv1.TypeSendMessage && s.state == authenticated {
		s.send(c)
		return true
	}
	s.answers.settle()
	if c.Type == clientv1.TypePing {
		s.reply(clientv1.Pong{Type: clientv1.TypePong, ServerTime: clientv1.Offset{Time: time.Now()}})
		return true
	}
	ctx, _ = s.gate.begin(s.context(), c.Type)
	ctx, cancel := context.WithTimeout(ctx, commandTime)
	defer cancel()
	switch s.state {
	case awaitingHello:
		return s.greet(c)
	case awaitingKey:
		s.exchangeKeys(ctx, c)
	case awaitingAuth:
		s.logIn(ctx, c)
	case authenticated:
		s.command(ctx, c)
	case closing:
	}
	return s.state != closing
}

// context returns one in which the user of the session acts.
func (s *Session) context() context.Context {
	ctx := rpc.WithRequestID(context.Background(), "")
	if s.state == authenticated {
		ctx = rpc.WithActor(ctx, rpc.Actor{User: s.user, Session: s.login})
	}
	return ctx
}

// Close ends the session. Nothing may be handled afterwards.
func (s *Session) Close() {
	s.mu.Lock()
	s.ended = true
	keys := s.keys
	s.keys, s.chases = nil, nil
	s.mu.Unlock()
	for _, k := range keys {
		s.gate.needs.Hub.Detach(s, k)
	}
	s.gate.forget(s)
	if !s.user.IsZero() {
		s.gate.needs.Attendance.Depart(s.user)
		s.gate.unseat(s.user)
	}
}

func (s *Session) hasEnded() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended
}

// push hands frames to the link; a client that does not take them is cut off.
func (s *Session) push(frames []byte) {
	if err := s.link.Push(frames); err != nil {
		s.overflow(err)
	}
}

func (s *Session) reply(v any) {
	s.note(v)
	s.push(s.Form().Encode(v))
}

func (s *Session) pushError(request *string, err error) {
	s.reply(clientv1.ErrorFrame{Type: clientv1.TypeError, RequestID: request, Error: *explain(err)})
}

// closeCodes are the close codes of the fatal errors.
var closeCodes = map[string]int{
	clientv1.CodeSlowReader: clientv1.CloseSlowReader, clientv1.CodeTimeout: clientv1.CloseTimeout,
	clientv1.CodeUnavailable: clientv1.CloseUnavailable, clientv1.CodeGoingAway: clientv1.CloseGoingAway,
	clientv1.CodeSessionRevoked: clientv1.CloseSessionRevoked, clientv1.CodeSessionExpired: clientv1.CloseSessionExpired,
	clientv1.CodeVersion: clientv1.CloseVersion, clientv1.CodeTooLarge: clientv1.CloseTooLarge,
	clientv1.CodeCrowded: clientv1.CloseCrowded, clientv1.CodeNotUTF8: clientv1.CloseNotUTF8, clientv1.CodeProtocol: clientv1.CloseProtocol,
}

// fatal says why and ends the connection.
func (s *Session) fatal(code, text string) {
	s.link.End(s.Form().Encode(clientv1.ErrorFrame{
		Type: clientv1.TypeError, Error: clientv1.Error{Code: code, Message: text},
	}), closeCodes[code])
}

// explain returns what a client may know of an error.
func explain(err error) *clientv1.Error {
	e := fault.Of(err)
	out := &clientv1.Error{Code: e.Code, Message: e.Text, RetryAfter: int(math.Ceil(e.Retry.Seconds()))}
	if r, ok := errors.AsType[*quota.Refused](err); ok {
		out.RetryAfter = r.RetryAfter()
	}
	return out
}

// inForce reports whether the login still is. A login may have been extended
// over HTTP since the connection was made.
func (s *Session) inForce() bool {
	if time.Now().UnixMicro() < s.expires.Load() {
		return true
	}
	s.answers.settle() // if it has ended, what was sent before is answered all the same
	ctx, cancel := context.WithTimeout(s.context(), commandTime)
	defer cancel()
	_, login, err := s.gate.needs.Backend.CheckSession(ctx)
	if err != nil {
		if fault.KindOf(err) == fault.Unauthenticated {
			s.fatal(clientv1.CodeSessionExpired, "this session has expired, log in again")
		} else {
			s.fatal(clientv1.CodeUnavailable, "logins cannot be checked now, try again")
		}
		return false
	}
	s.expires.Store(login.ExpiresAt.UnixMicro())
	return true
}
