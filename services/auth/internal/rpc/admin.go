package rpc

import (
	"context"
	"time"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/rpc"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	"github.com/lair-chat/lair/services/auth/internal/identity"
)

// about returns who acts and whom it is about.
func about(ctx context.Context, user []byte) (rpc.Actor, id.User, error) {
	actor, err := acting(ctx)
	if err != nil {
		return actor, id.User{}, err
	}
	u, err := uuid(user)
	return actor, id.User{UUID: u}, err
}

// Ban implements authv1.AuthServiceServer.
func (s *Server) Ban(ctx context.Context, req *authv1.BanRequest) (*authv1.BanResponse, error) {
	actor, target, err := about(ctx, req.GetUserId())
	if err != nil {
		return nil, err
	}
	b := identity.Ban{Reason: req.GetReason()}
	if us := req.GetUntil(); us != 0 {
		b.Until = time.UnixMicro(us)
	}
	return &authv1.BanResponse{}, s.Accounts.Ban(ctx, actor.User, actor.Session, target, b)
}

// Unban implements authv1.AuthServiceServer.
func (s *Server) Unban(ctx context.Context, req *authv1.UnbanRequest) (*authv1.UnbanResponse, error) {
	actor, target, err := about(ctx, req.GetUserId())
	if err != nil {
		return nil, err
	}
	return &authv1.UnbanResponse{}, s.Accounts.Unban(ctx, actor.User, actor.Session, target)
}

// CreateReset implements authv1.AuthServiceServer.
func (s *Server) CreateReset(ctx context.Context, req *authv1.CreateResetRequest) (*authv1.CreateResetResponse, error) {
	actor, target, err := about(ctx, req.GetUserId())
	if err != nil {
		return nil, err
	}
	secret, expires, err := s.Accounts.CreateReset(ctx, actor.User, actor.Session, target)
	if err != nil {
		return nil, err
	}
	return &authv1.CreateResetResponse{Token: secret, ExpiresAt: expires.UnixMicro()}, nil
}

// ResetPassword implements authv1.AuthServiceServer.
func (s *Server) ResetPassword(ctx context.Context, req *authv1.ResetPasswordRequest) (*authv1.ResetPasswordResponse, error) {
	if err := rpc.NeedRole(ctx, Gateway); err != nil {
		return nil, err
	}
	err := s.Accounts.ResetPassword(ctx, req.GetToken(), req.GetNewPassword(), client(req.GetClient()))
	return &authv1.ResetPasswordResponse{}, err
}

// ListAudit implements authv1.AuthServiceServer.
func (s *Server) ListAudit(ctx context.Context, req *authv1.ListAuditRequest) (*authv1.ListAuditResponse, error) {
	actor, err := acting(ctx)
	if err != nil {
		return nil, err
	}
	var before id.UUID
	if b := req.GetBeforeId(); len(b) > 0 {
		if before, err = uuid(b); err != nil {
			return nil, err
		}
	}
	acts, more, err := s.Accounts.Acts(ctx, actor.User, actor.Session, before, int(req.GetLimit()))
	if err != nil {
		return nil, err
	}
	res := &authv1.ListAuditResponse{HasMore: more, Acts: make([]*authv1.Act, len(acts))}
	for i, a := range acts {
		res.Acts[i] = &authv1.Act{
			Id: a.ID.Bytes(), At: a.At.UnixMicro(), Kind: a.Kind, ActorId: known(a.Actor), SubjectId: known(a.Subject),
			Address: a.Address, Detail: a.Detail,
		}
	}
	return res, nil
}

// known returns the bytes of an id, none of the zero id.
func known(u id.User) []byte {
	if u.IsZero() {
		return nil
	}
	return u.Bytes()
}
