// Package rpc is the gRPC face of rooms: it asks who acts, and translates.
package rpc

import (
	"context"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/rpc"
	roomv1 "github.com/lair-chat/lair/proto/room/v1"
	"github.com/lair-chat/lair/services/room/internal/membership"
	"github.com/lair-chat/lair/services/room/internal/wire"
)

// gateway is the role of the peers that act for users.
const gateway = "gateway"

// Server implements roomv1.RoomServiceServer.
type Server struct {
	roomv1.UnimplementedRoomServiceServer
	Rooms *membership.Rooms
}

// CreateRoom implements roomv1.RoomServiceServer.
func (s *Server) CreateRoom(ctx context.Context, req *roomv1.CreateRoomRequest) (*roomv1.CreateRoomResponse, error) {
	actor, err := acting(ctx)
	if err != nil {
		return nil, err
	}
	r, err := s.Rooms.Create(ctx, actor.User, membership.Room{
		Name: req.GetName(), Description: req.Description, Private: req.GetIsPrivate(), MaxMembers: req.GetMaxMembers(),
		Moderated: req.GetModerated(),
	})
	if err != nil {
		return nil, err
	}
	return &roomv1.CreateRoomResponse{Room: wire.Room(r)}, nil
}

// GetRoom implements roomv1.RoomServiceServer.
func (s *Server) GetRoom(ctx context.Context, req *roomv1.GetRoomRequest) (*roomv1.GetRoomResponse, error) {
	actor, room, err := who(ctx, req.GetRoomId())
	if err != nil {
		return nil, err
	}
	v, err := s.Rooms.Get(ctx, actor.User, room)
	if err != nil {
		return nil, err
	}
	res := &roomv1.GetRoomResponse{Room: wire.Room(v.Room), MemberCount: uint32(v.Count)} //nolint:gosec // people
	if v.Member.Active() {
		res.Membership = wire.Member(v.Member)
	}
	return res, nil
}

// ListRooms implements roomv1.RoomServiceServer.
func (s *Server) ListRooms(ctx context.Context, req *roomv1.ListRoomsRequest) (*roomv1.ListRoomsResponse, error) {
	actor, err := acting(ctx)
	if err != nil {
		return nil, err
	}
	list, total, next, err := s.Rooms.List(ctx, actor.User, membership.Query{
		Search: req.GetSearch(), MineOnly: req.GetJoinedOnly(), PublicOnly: req.GetPublicOnly(),
		Limit: int(req.GetLimit()), Offset: int(min(req.GetOffset(), 1<<30)), After: string(req.GetAfter()),
	})
	if err != nil {
		return nil, err
	}
	res := &roomv1.ListRoomsResponse{Total: uint32(total), Next: []byte(next), Rooms: make([]*roomv1.RoomItem, len(list))} //nolint:gosec // rooms
	for i, v := range list {
		res.Rooms[i] = &roomv1.RoomItem{
			Room: wire.Room(v.Room), MemberCount: uint32(v.Count), IsMember: v.Member.Active(), //nolint:gosec // people
		}
	}
	return res, nil
}

// JoinRoom implements roomv1.RoomServiceServer.
func (s *Server) JoinRoom(ctx context.Context, req *roomv1.JoinRoomRequest) (*roomv1.JoinRoomResponse, error) {
	actor, room, err := who(ctx, req.GetRoomId())
	if err != nil {
		return nil, err
	}
	r, m, err := s.Rooms.Join(ctx, actor.User, room)
	if err != nil {
		return nil, err
	}
	return &roomv1.JoinRoomResponse{Room: wire.Room(r), Membership: wire.Member(m)}, nil
}

// LeaveRoom implements roomv1.RoomServiceServer.
func (s *Server) LeaveRoom(ctx context.Context, req *roomv1.LeaveRoomRequest) (*roomv1.LeaveRoomResponse, error) {
	actor, room, err := who(ctx, req.GetRoomId())
	if err != nil {
		return nil, err
	}
	if err := s.Rooms.Leave(ctx, actor.User, room); err != nil {
		return nil, err
	}
	return &roomv1.LeaveRoomResponse{}, nil
}

// ListMembers implements roomv1.RoomServiceServer.
func (s *Server) ListMembers(ctx context.Context, req *roomv1.ListMembersRequest) (*roomv1.ListMembersResponse, error) {
	actor, room, err := who(ctx, req.GetRoomId())
	if err != nil {
		return nil, err
	}
	list, total, err := s.Rooms.Members(ctx, actor.User, room, page(req))
	if err != nil {
		return nil, err
	}
	res := &roomv1.ListMembersResponse{Total: uint32(total), Members: make([]*roomv1.Member, len(list))} //nolint:gosec // people
	for i, m := range list {
		res.Members[i] = wire.Member(m)
	}
	return res, nil
}

// acting returns who acts. Only gateways, which know their users, may say so.
func acting(ctx context.Context) (rpc.Actor, error) {
	if err := rpc.NeedRole(ctx, gateway); err != nil {
		return rpc.Actor{}, err
	}
	return rpc.NeedActor(ctx)
}

func who(ctx context.Context, room []byte) (rpc.Actor, id.Room, error) {
	actor, err := acting(ctx)
	if err != nil {
		return rpc.Actor{}, id.Room{}, err
	}
	u, err := id.FromBytes(room)
	if err != nil {
		return rpc.Actor{}, id.Room{}, fault.Wrap(err, fault.Invalid, "validation_failed", "an id has 16 bytes")
	}
	return actor, id.Room{UUID: u}, nil
}
