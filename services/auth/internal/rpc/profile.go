package rpc

import (
	"context"

	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	"github.com/lair-chat/lair/services/auth/internal/identity"
)

// UpdateProfile implements authv1.AuthServiceServer.
func (s *Server) UpdateProfile(ctx context.Context, req *authv1.UpdateProfileRequest) (*authv1.UpdateProfileResponse, error) {
	actor, err := acting(ctx)
	if err != nil {
		return nil, err
	}
	u, err := s.Accounts.UpdateProfile(ctx, actor.User, actor.Session, identity.Profile{Email: req.Email, DisplayName: req.DisplayName})
	if err != nil {
		return nil, err
	}
	return &authv1.UpdateProfileResponse{User: user(u, true)}, nil
}

// RevokeOtherSessions implements authv1.AuthServiceServer.
func (s *Server) RevokeOtherSessions(ctx context.Context, _ *authv1.RevokeOtherSessionsRequest) (*authv1.RevokeOtherSessionsResponse, error) {
	actor, err := acting(ctx)
	if err != nil {
		return nil, err
	}
	return &authv1.RevokeOtherSessionsResponse{}, s.Accounts.RevokeOthers(ctx, actor.User, actor.Session)
}
