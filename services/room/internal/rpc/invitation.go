package rpc

import (
	"context"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/rpc"
	roomv1 "github.com/lair-chat/lair/proto/room/v1"
	"github.com/lair-chat/lair/services/room/internal/wire"
)

// Invite implements roomv1.RoomServiceServer.
func (s *Server) Invite(ctx context.Context, req *roomv1.InviteRequest) (*roomv1.InviteResponse, error) {
	actor, room, user, err := whom(ctx, req.GetRoomId(), req.GetUserId())
	if err != nil {
		return nil, err
	}
	i, err := s.Rooms.Invite(ctx, actor.User, room, user)
	if err != nil {
		return nil, err
	}
	return &roomv1.InviteResponse{Invitation: wire.Invitation(i)}, nil
}

// AcceptInvitation implements roomv1.RoomServiceServer.
func (s *Server) AcceptInvitation(ctx context.Context, req *roomv1.AcceptInvitationRequest) (*roomv1.AcceptInvitationResponse, error) {
	actor, i, err := which(ctx, req.GetInvitationId())
	if err != nil {
		return nil, err
	}
	r, m, err := s.Rooms.Accept(ctx, actor.User, i)
	if err != nil {
		return nil, err
	}
	return &roomv1.AcceptInvitationResponse{Room: wire.Room(r), Membership: wire.Member(m)}, nil
}

// DeclineInvitation implements roomv1.RoomServiceServer.
func (s *Server) DeclineInvitation(ctx context.Context, req *roomv1.DeclineInvitationRequest) (*roomv1.DeclineInvitationResponse, error) {
	actor, i, err := which(ctx, req.GetInvitationId())
	if err != nil {
		return nil, err
	}
	return &roomv1.DeclineInvitationResponse{}, s.Rooms.Decline(ctx, actor.User, i)
}

// CancelInvitation implements roomv1.RoomServiceServer.
func (s *Server) CancelInvitation(ctx context.Context, req *roomv1.CancelInvitationRequest) (*roomv1.CancelInvitationResponse, error) {
	actor, i, err := which(ctx, req.GetInvitationId())
	if err != nil {
		return nil, err
	}
	return &roomv1.CancelInvitationResponse{}, s.Rooms.Cancel(ctx, actor.User, i)
}

// which is who, for an invitation.
func which(ctx context.Context, invitation []byte) (rpc.Actor, id.Invitation, error) {
	actor, err := acting(ctx)
	if err != nil {
		return rpc.Actor{}, id.Invitation{}, err
	}
	u, err := read(invitation)
	return actor, id.Invitation{UUID: u}, err
}
