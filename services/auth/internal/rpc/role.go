package rpc

import (
	"context"

	"github.com/lair-chat/lair/pkg/id"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
)

// GetAccount implements authv1.AuthServiceServer.
func (s *Server) GetAccount(ctx context.Context, req *authv1.GetAccountRequest) (*authv1.GetAccountResponse, error) {
	actor, target, err := about(ctx, req.GetUserId())
	if err != nil {
		return nil, err
	}
	u, withEmail, err := s.Accounts.Account(ctx, actor.User, actor.Session, target)
	if err != nil {
		return nil, err
	}
	res := &authv1.GetAccountResponse{User: user(u, withEmail), BanReason: u.BanReason}
	if !u.BannedUntil.IsZero() {
		res.BannedUntil = u.BannedUntil.UnixMicro()
	}
	return res, nil
}

// OrderRoomDeletion implements authv1.AuthServiceServer.
func (s *Server) OrderRoomDeletion(ctx context.Context, req *authv1.OrderRoomDeletionRequest) (*authv1.OrderRoomDeletionResponse, error) {
	actor, err := acting(ctx)
	if err != nil {
		return nil, err
	}
	room, err := uuid(req.GetRoomId())
	if err != nil {
		return nil, err
	}
	return &authv1.OrderRoomDeletionResponse{}, s.Accounts.OrderRoomDeletion(ctx, actor.User, actor.Session, id.Room{UUID: room}, req.GetReason())
}

// SetRole implements authv1.AuthServiceServer.
func (s *Server) SetRole(ctx context.Context, req *authv1.SetRoleRequest) (*authv1.SetRoleResponse, error) {
	actor, target, err := about(ctx, req.GetUserId())
	if err != nil {
		return nil, err
	}
	u, err := s.Accounts.SetRole(ctx, actor.User, actor.Session, target, req.GetRole())
	if err != nil {
		return nil, err
	}
	return &authv1.SetRoleResponse{User: user(u, true)}, nil
}
