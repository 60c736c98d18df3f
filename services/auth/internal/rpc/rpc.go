// Package rpc is the gRPC face of identities: it says who may ask, signs tokens
// and translates.
package rpc

import (
	"context"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/rpc"
	"github.com/lair-chat/lair/pkg/token"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	"github.com/lair-chat/lair/services/auth/internal/identity"
	"github.com/lair-chat/lair/services/auth/internal/keyring"
)

// Gateway is the role of the peers that act for users, the only ones who may
// call.
const Gateway = "gateway"

// maxUsers bounds the ids of one call: presence names at most as many who are
// online.
const maxUsers = 10_000

// Server implements authv1.AuthServiceServer.
type Server struct {
	authv1.UnimplementedAuthServiceServer
	Accounts *identity.Accounts
	Ring     *keyring.Ring
	Now      func() time.Time
}

func (s *Server) sign(u identity.User, session identity.Session) (string, error) {
	return s.Ring.Signer().Sign(token.Claims{
		User: u.ID, Session: session.ID, Username: u.Username, Role: u.Role,
		IssuedAt: s.Now(), ExpiresAt: session.ExpiresAt,
	})
}

// Register implements authv1.AuthServiceServer.
func (s *Server) Register(ctx context.Context, req *authv1.RegisterRequest) (*authv1.RegisterResponse, error) {
	if err := rpc.NeedRole(ctx, Gateway); err != nil {
		return nil, err
	}
	u, session, err := s.Accounts.Register(ctx, req.GetUsername(), req.GetEmail(), req.GetPassword(), client(req.GetClient()))
	if err != nil {
		return nil, err
	}
	text, err := s.sign(u, session)
	return &authv1.RegisterResponse{User: user(u, true), Session: wireSession(session), Token: text}, err
}

// Login implements authv1.AuthServiceServer.
func (s *Server) Login(ctx context.Context, req *authv1.LoginRequest) (*authv1.LoginResponse, error) {
	if err := rpc.NeedRole(ctx, Gateway); err != nil {
		return nil, err
	}
	u, session, err := s.Accounts.LogIn(ctx, req.GetIdentifier(), req.GetPassword(), client(req.GetClient()))
	if err != nil {
		return nil, err
	}
	text, err := s.sign(u, session)
	return &authv1.LoginResponse{User: user(u, true), Session: wireSession(session), Token: text}, err
}

// Logout implements authv1.AuthServiceServer.
func (s *Server) Logout(ctx context.Context, _ *authv1.LogoutRequest) (*authv1.LogoutResponse, error) {
	actor, err := acting(ctx)
	if err != nil {
		return nil, err
	}
	return &authv1.LogoutResponse{}, s.Accounts.LogOut(ctx, actor.User, actor.Session)
}

// Refresh implements authv1.AuthServiceServer.
func (s *Server) Refresh(ctx context.Context, _ *authv1.RefreshRequest) (*authv1.RefreshResponse, error) {
	actor, err := acting(ctx)
	if err != nil {
		return nil, err
	}
	u, session, err := s.Accounts.Refresh(ctx, actor.User, actor.Session)
	if err != nil {
		return nil, err
	}
	text, err := s.sign(u, session)
	return &authv1.RefreshResponse{Session: wireSession(session), Token: text}, err
}

// ChangePassword implements authv1.AuthServiceServer.
func (s *Server) ChangePassword(ctx context.Context, req *authv1.ChangePasswordRequest) (*authv1.ChangePasswordResponse, error) {
	actor, err := acting(ctx)
	if err != nil {
		return nil, err
	}
	err = s.Accounts.ChangePassword(ctx, actor.User, actor.Session, req.GetCurrentPassword(), req.GetNewPassword())
	return &authv1.ChangePasswordResponse{}, err
}

// CheckSession implements authv1.AuthServiceServer.
func (s *Server) CheckSession(ctx context.Context, _ *authv1.CheckSessionRequest) (*authv1.CheckSessionResponse, error) {
	actor, err := acting(ctx)
	if err != nil {
		return nil, err
	}
	u, session, err := s.Accounts.Check(ctx, actor.User, actor.Session)
	if err != nil {
		return nil, err
	}
	return &authv1.CheckSessionResponse{User: user(u, true), Session: wireSession(session)}, nil
}

// ListSessions implements authv1.AuthServiceServer.
func (s *Server) ListSessions(ctx context.Context, _ *authv1.ListSessionsRequest) (*authv1.ListSessionsResponse, error) {
	actor, err := acting(ctx)
	if err != nil {
		return nil, err
	}
	list, err := s.Accounts.Store.Sessions(ctx, actor.User, s.Now())
	res := &authv1.ListSessionsResponse{Sessions: make([]*authv1.Session, len(list))}
	for i, x := range list {
		res.Sessions[i] = wireSession(x)
	}
	return res, err
}

// RevokeSession implements authv1.AuthServiceServer.
func (s *Server) RevokeSession(ctx context.Context, req *authv1.RevokeSessionRequest) (*authv1.RevokeSessionResponse, error) {
	actor, err := acting(ctx)
	if err != nil {
		return nil, err
	}
	x, err := uuid(req.GetSessionId())
	if err != nil {
		return nil, err
	}
	return &authv1.RevokeSessionResponse{}, s.Accounts.Revoke(ctx, actor.User, actor.Session, id.Session{UUID: x})
}

// KeySet implements authv1.AuthServiceServer.
func (s *Server) KeySet(ctx context.Context, _ *authv1.KeySetRequest) (*authv1.KeySetResponse, error) {
	if err := rpc.NeedRole(ctx, Gateway); err != nil {
		return nil, err
	}
	res := &authv1.KeySetResponse{}
	for _, k := range s.Ring.Keys() {
		res.Keys = append(res.Keys, &authv1.Key{Kid: k.KID, PublicKey: k.Public})
	}
	return res, nil
}

// RevokedSince implements authv1.AuthServiceServer.
func (s *Server) RevokedSince(ctx context.Context, req *authv1.RevokedSinceRequest) (*authv1.RevokedSinceResponse, error) {
	if err := rpc.NeedRole(ctx, Gateway); err != nil {
		return nil, err
	}
	list, cursor, err := s.Accounts.Revoked(ctx, req.GetCursor())
	if err != nil {
		return nil, err
	}
	res := &authv1.RevokedSinceResponse{Cursor: cursor, SessionIds: make([][]byte, len(list))}
	for i, x := range list {
		res.SessionIds[i] = x.Bytes()
	}
	return res, nil
}

// acting returns who acts, in the word of a gateway: no other peer has verified
// a token.
func acting(ctx context.Context) (rpc.Actor, error) {
	if err := rpc.NeedRole(ctx, Gateway); err != nil {
		return rpc.Actor{}, err
	}
	return rpc.NeedActor(ctx)
}

func client(c *authv1.Client) identity.Client {
	return identity.Client{UserAgent: c.GetUserAgent(), Address: c.GetAddress()}
}

func uuid(b []byte) (id.UUID, error) {
	u, err := id.FromBytes(b)
	if err != nil {
		return u, fault.Wrap(err, fault.Invalid, "validation_failed", "an id has 16 bytes")
	}
	return u, nil
}
