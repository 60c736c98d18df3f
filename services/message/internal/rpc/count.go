package rpc

import (
	"context"

	"github.com/lair-chat/lair/pkg/rpc"
	messagev1 "github.com/lair-chat/lair/proto/message/v1"
)

// CountMessages implements messagev1.MessageServiceServer. A number tells nothing of
// anybody, and only auth knows who is an administrator: the gateway asks there
// first.
func (s *Server) CountMessages(ctx context.Context, _ *messagev1.CountMessagesRequest) (*messagev1.CountMessagesResponse, error) {
	if err := rpc.NeedRole(ctx, Gateway); err != nil {
		return nil, err
	}
	n, exact, err := s.Timeline.Count(ctx)
	if err != nil {
		return nil, err
	}
	return &messagev1.CountMessagesResponse{Total: n, Exact: exact}, nil
}
