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
	"github.com/lair-chat/lair/services/gateway/internal/quota"
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
	if s.encrypts() != nil && slices.Contains(c.Features, clientv1.FeatureEncryption) {
		s.state = awaitingKey
	}
	return true
}

// logIn handles what may be said between hello and login.
func (s *Session) logIn(ctx context.Context, c *clientv1.Command) {
	switch c.Type {
	case clientv1.TypeAuthenticate:
		s.Authenticate(ctx, *c.Token, c)
	case clientv1.TypeLogin:
		body, err := s.gate.needs.Backend.Login(ctx, *c.Identifier, *c.Password, s.client())
		s.enter(ctx, c, rpc.Actor{User: body.User.ID, Session: body.Session.ID}, body.Token, err)
	case clientv1.TypeRegister:
		body, err := s.gate.needs.Backend.Register(ctx, *c.Username, *c.Email, *c.Password, s.client())
		s.enter(ctx, c, rpc.Actor{User: body.User.ID, Session: body.Session.ID}, body.Token, err)
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
	caller := s.from
	caller.User = who.User
	if _, over := s.gate.needs.Quota.Take(quota.Requests, caller); over != nil {
		err = over
	}
	s.enter(ctx, c, rpc.Actor{User: who.User, Session: who.Session}, "", err)
}

// enter makes the connection that of a user and answers c. token is a new one,
// or empty.
func (s *Session) enter(ctx context.Context, c *clientv1.Command, who rpc.Actor, token string, err error) {
	ctx = rpc.WithActor(ctx, who)
	var user clientv1.User
	var login clientv1.Session
	if err == nil {
		user, login, err = s.confirm(ctx, who)
	}
	if err != nil {
		s.reply(clientv1.SessionResponse{Response: response(c, err)})
		return
	}
	if !s.gate.seat(user.ID) {
		s.crowded()
		return
	}
	s.user, s.carried = user.ID, ""
	s.state, s.since = authenticated, time.Now()
	s.gate.needs.Attendance.Arrive(s.user)
	if !s.Form().Resumes() {
		if err := s.follow(ctx); err != nil {
			// It would miss events without knowing: better that it comes again.
			s.fatal(clientv1.CodeUnavailable, "conversations cannot be read now, try again")
			s.state = closing
			return
		}
	}
	s.reply(clientv1.SessionResponse{
		Response: response(c, nil), User: &user, Session: &login, Token: token,
	})
	s.expires.Store(login.ExpiresAt.UnixMicro())
}

// confirm asks the services, which know whether the login is in force; the
// token does not. A revocation that comes after their answer must find the
// connection, so it is registered before.
func (s *Session) confirm(ctx context.Context, who rpc.Actor) (clientv1.User, clientv1.Session, error) {
	s.login = who.Session
	s.gate.register(s)
	user, login, err := s.gate.needs.Backend.CheckSession(ctx)
	if err != nil {
		s.gate.unregister(s)
	}
	return user, login, err
}
