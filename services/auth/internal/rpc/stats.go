package rpc

import (
	"context"

	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	"github.com/lair-chat/lair/services/auth/internal/identity"
)

// Stats implements authv1.AuthServiceServer.
func (s *Server) Stats(ctx context.Context, _ *authv1.StatsRequest) (*authv1.StatsResponse, error) {
	actor, err := acting(ctx)
	if err != nil {
		return nil, err
	}
	users, sessions, err := s.Accounts.Stats(ctx, actor.User, actor.Session)
	if err != nil {
		return nil, err
	}
	return &authv1.StatsResponse{Users: count(users), Sessions: count(sessions)}, nil
}

func count(c identity.Count) *authv1.Count { return &authv1.Count{Total: c.Total, Exact: c.Exact} }
