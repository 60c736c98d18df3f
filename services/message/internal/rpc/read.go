package rpc

import (
	"context"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	messagev1 "github.com/lair-chat/lair/proto/message/v1"
	"github.com/lair-chat/lair/services/message/internal/timeline"
)

// MarkRead implements messagev1.MessageServiceServer.
func (s *Server) MarkRead(ctx context.Context, req *messagev1.MarkReadRequest) (*messagev1.MarkReadResponse, error) {
	actor, err := acting(ctx)
	if err != nil {
		return nil, err
	}
	if req.GetSeq() < 0 {
		return nil, fault.New(fault.Invalid, "validation_failed", "seq must not be negative")
	}
	d := timeline.Draft{Author: actor.User}
	if err := target(req.GetTarget(), &d); err != nil {
		return nil, err
	}
	var at int64
	if d.Recipient.IsZero() {
		at, err = s.Timeline.MarkRead(ctx, actor.User, d.Conversation(), req.GetSeq())
	} else {
		at, err = s.Timeline.ReadDirect(ctx, actor.User, d.Recipient, req.GetSeq())
	}
	if err != nil {
		return nil, err
	}
	return &messagev1.MarkReadResponse{ConversationId: d.Conversation().Bytes(), Seq: at}, nil
}

// ListUnread implements messagev1.MessageServiceServer.
func (s *Server) ListUnread(ctx context.Context, _ *messagev1.ListUnreadRequest) (*messagev1.ListUnreadResponse, error) {
	actor, err := acting(ctx)
	if err != nil {
		return nil, err
	}
	counts, err := s.Timeline.Unread(ctx, actor.User)
	if err != nil {
		return nil, err
	}
	resp := &messagev1.ListUnreadResponse{}
	for c, n := range counts {
		resp.Conversations = append(resp.Conversations, &messagev1.Unread{ConversationId: c.Bytes(), Count: uint32(n)}) //nolint:gosec // at most MaxUnread
	}
	return resp, nil
}

// marked adds to conversations how far the user has read.
func (s *Server) marked(ctx context.Context, u id.User, list []*messagev1.Conversation) error {
	marks, err := s.Timeline.ReadMarks(ctx, u)
	for _, c := range list {
		if name, err := id.FromBytes(c.GetId()); err == nil {
			c.ReadSeq = marks[id.Conversation{UUID: name}]
		}
	}
	return err
}
