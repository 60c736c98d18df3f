package rpc

import (
	"context"

	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	roomv1 "github.com/lair-chat/lair/proto/room/v1"
	"github.com/lair-chat/lair/services/room/internal/membership"
	"github.com/lair-chat/lair/services/room/internal/wire"
)

// page reads which part of a list is asked for.
func page(req interface {
	GetLimit() uint32
	GetOffset() uint32
},
) membership.Page {
	return membership.Page{Limit: int(min(req.GetLimit(), 1<<30)), Offset: int(min(req.GetOffset(), 1<<30))}
}

// ListInvitations implements roomv1.RoomServiceServer.
func (s *Server) ListInvitations(ctx context.Context, req *roomv1.ListInvitationsRequest) (*roomv1.ListInvitationsResponse, error) {
	actor, err := acting(ctx)
	if err != nil {
		return nil, err
	}
	list, more, err := s.Rooms.Invitations(ctx, actor.User, page(req))
	if err != nil {
		return nil, err
	}
	return &roomv1.ListInvitationsResponse{Invitations: invitations(list), HasMore: more}, nil
}

// ListRoomInvitations implements roomv1.RoomServiceServer.
func (s *Server) ListRoomInvitations(ctx context.Context, req *roomv1.ListRoomInvitationsRequest) (*roomv1.ListRoomInvitationsResponse, error) {
	actor, room, err := who(ctx, req.GetRoomId())
	if err != nil {
		return nil, err
	}
	list, more, err := s.Rooms.InvitationsTo(ctx, actor.User, room, page(req))
	if err != nil {
		return nil, err
	}
	return &roomv1.ListRoomInvitationsResponse{Invitations: invitations(list), HasMore: more}, nil
}

func invitations(list []membership.Invitation) []*eventv1.Invitation {
	out := make([]*eventv1.Invitation, len(list))
	for i, x := range list {
		out[i] = wire.Invitation(x)
	}
	return out
}

// ListBlocks implements roomv1.RoomServiceServer.
func (s *Server) ListBlocks(ctx context.Context, req *roomv1.ListBlocksRequest) (*roomv1.ListBlocksResponse, error) {
	actor, err := acting(ctx)
	if err != nil {
		return nil, err
	}
	list, more, err := s.Rooms.Blocks(ctx, actor.User, page(req))
	if err != nil {
		return nil, err
	}
	res := &roomv1.ListBlocksResponse{HasMore: more, Blocks: make([]*roomv1.Block, len(list))}
	for i, b := range list {
		res.Blocks[i] = &roomv1.Block{UserId: b.User.Bytes()}
		if !b.At.IsZero() {
			res.Blocks[i].CreatedAt = b.At.UnixMicro()
		}
	}
	return res, nil
}
