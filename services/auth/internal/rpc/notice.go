package rpc

import (
	"context"

	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	"github.com/lair-chat/lair/services/auth/internal/identity"
)

// SendNotice implements authv1.AuthServiceServer.
func (s *Server) SendNotice(ctx context.Context, req *authv1.SendNoticeRequest) (*authv1.SendNoticeResponse, error) {
	actor, err := acting(ctx)
	if err != nil {
		return nil, err
	}
	n := identity.Notice{Message: req.GetMessage(), Severity: req.GetSeverity()}
	return &authv1.SendNoticeResponse{}, s.Accounts.SendNotice(ctx, actor.User, actor.Session, n)
}
