package rpc

import (
	"context"

	"github.com/lair-chat/lair/pkg/rpc"
	roomv1 "github.com/lair-chat/lair/proto/room/v1"
)

// CountRooms implements roomv1.RoomServiceServer. A number tells nothing of
// anybody, and only auth knows who is an administrator: the gateway asks there
// first.
func (s *Server) CountRooms(ctx context.Context, _ *roomv1.CountRoomsRequest) (*roomv1.CountRoomsResponse, error) {
	if err := rpc.NeedRole(ctx, gateway); err != nil {
		return nil, err
	}
	n, exact, err := s.Rooms.Store.Count(ctx)
	if err != nil {
		return nil, err
	}
	return &roomv1.CountRoomsResponse{Total: n, Exact: exact}, nil
}
