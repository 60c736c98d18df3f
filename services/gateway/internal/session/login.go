package session

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/rpc"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/gateway/internal/backend"
)

var (
	errUnauthorized = fault.New(fault.Unauthenticated, "unauthorized", "log in first")
	errState        = fault.New(fault.Conflict, "invalid_state", "this was to be said earlier")
)

// greet handles the first message of a client.
func (s *Session) greet(c *clientv1.Command) bool {
	if c.Type != clientv1.TypeClientHello {
		s.pushError(c.RequestID, fault.New(fault.Unauthenticated, "unauthorized", "say client_hello first"))
		return true
	}
	if !strings.HasPrefix(*c.Version, "1.") {
		s.fatal(clientv1.CodeVersion, "this server speaks version "+clientv1.Version)
		return false
	}
	if slices.Contains(c.Features, clientv1.FeatureResume) {
		s.form.Store(uint32(s.Form().WithResume()))
	}
	if c.ClientName != nil {
		s.clientName = *c.ClientName
	}
	s.state, s.since = awaitingAuth, time.Now()
	return true
}

// logIn handles what may be said between hello and login.
func (s *Session) logIn(ctx context.Context, c *clientv1.Command) {
	switch c.Type {
	case clientv1.TypeAuthenticate:
		s.Authenticate(ctx, *c.Token, c)
	case clientv1.TypeLogin:
		body, err := s.gate.needs.Backend.Login(ctx, *c.Identifier, *c.Password, s.client())
		s.enter(ctx, c, body, err)
	case clientv1.TypeRegister:
		body, err := s.gate.needs.Backend.Register(ctx, *c.Username, *c.Email, *c.Password, s.client())
		s.enter(ctx, c, body, err)
	default:
		s.pushError(c.RequestID, errUnauthorized)
	}
}

func (s *Session) client() backend.Client {
	return backend.Client{UserAgent: s.clientName, Address: s.address}
}

// Authenticate logs in with a token. c is the command, or nil if the token came
// with the request for the connection.
func (s *Session) Authenticate(ctx context.Context, token string, c *clientv1.Command) {
	if c == nil {
		c = &clientv1.Command{Type: clientv1.TypeAuthenticate}
	}
	who, err := s.gate.needs.Authn.Authenticate(ctx, token)
	var body clientv1.SessionBody
	if err == nil {
		// The services, not the token, know whether the session is in force.
		acting := rpc.WithActor(ctx, rpc.Actor{User: who.User, Session: who.Session})
		body.User, body.Session, err = s.gate.needs.Backend.CheckSession(acting)
	}
	s.enter(ctx, c, body, err)
}

// enter makes the connection that of a user and answers c.
func (s *Session) enter(ctx context.Context, c *clientv1.Command, body clientv1.SessionBody, err error) {
	if err != nil {
		s.reply(clientv1.SessionResponse{Response: response(c, err)})
		return
	}
	s.user, s.login, s.expires = body.User.ID, body.Session.ID, body.Session.ExpiresAt.Time
	s.state, s.since = authenticated, time.Now()
	s.gate.register(s)
	s.gate.needs.Attendance.Arrive(s.user)
	if !s.Form().Resumes() {
		acting := rpc.WithActor(ctx, rpc.Actor{User: s.user, Session: s.login})
		if err := s.follow(acting); err != nil {
			// It would miss events without knowing: better that it comes again.
			s.fatal(clientv1.CodeUnavailable, "conversations cannot be read now, try again")
			s.state = closing
			return
		}
	}
	s.reply(clientv1.SessionResponse{
		Response: response(c, nil), User: &body.User, Session: &body.Session, Token: body.Token,
	})
}
