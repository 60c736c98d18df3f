package rpc

import (
	"context"

	"github.com/lair-chat/lair/pkg/rpc"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
)

// CountUsers implements authv1.AuthServiceServer. A number tells nothing of
// anybody.
func (s *Server) CountUsers(ctx context.Context, _ *authv1.CountUsersRequest) (*authv1.CountUsersResponse, error) {
	if err := rpc.NeedRole(ctx, Gateway); err != nil {
		return nil, err
	}
	users, _, err := s.Accounts.Store.Counts(ctx)
	return &authv1.CountUsersResponse{Total: users.Total, Exact: users.Exact}, err
}
