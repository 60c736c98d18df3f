package rpc

import (
	"context"

	"github.com/lair-chat/lair/pkg/id"
	messagev1 "github.com/lair-chat/lair/proto/message/v1"
	"github.com/lair-chat/lair/services/message/internal/wire"
)

// EditMessage implements messagev1.MessageServiceServer.
func (s *Server) EditMessage(ctx context.Context, req *messagev1.EditMessageRequest) (*messagev1.EditMessageResponse, error) {
	actor, err := acting(ctx)
	if err != nil {
		return nil, err
	}
	which, err := id.FromBytes(req.GetMessageId())
	if err != nil {
		return nil, badID(err)
	}
	m, err := s.Timeline.Edit(ctx, actor.User, id.Message{UUID: which}, req.GetContentType(), req.GetContent())
	if err != nil {
		return nil, err
	}
	return &messagev1.EditMessageResponse{Message: wire.Message(m)}, nil
}

// DeleteMessage implements messagev1.MessageServiceServer.
func (s *Server) DeleteMessage(ctx context.Context, req *messagev1.DeleteMessageRequest) (*messagev1.DeleteMessageResponse, error) {
	actor, err := acting(ctx)
	if err != nil {
		return nil, err
	}
	which, err := id.FromBytes(req.GetMessageId())
	if err != nil {
		return nil, badID(err)
	}
	if _, err := s.Timeline.Delete(ctx, actor.User, id.Message{UUID: which}); err != nil {
		return nil, err
	}
	return &messagev1.DeleteMessageResponse{}, nil
}
