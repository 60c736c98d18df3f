package rpc

import (
	"context"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/rpc"
	roomv1 "github.com/lair-chat/lair/proto/room/v1"
	"github.com/lair-chat/lair/services/room/internal/membership"
	"github.com/lair-chat/lair/services/room/internal/wire"
)

// SetRole implements roomv1.RoomServiceServer.
func (s *Server) SetRole(ctx context.Context, req *roomv1.SetRoleRequest) (*roomv1.SetRoleResponse, error) {
	actor, room, user, err := whom(ctx, req.GetRoomId(), req.GetUserId())
	if err != nil {
		return nil, err
	}
	m, err := s.Rooms.SetRole(ctx, actor.User, room, user, wire.RoleOf(req.GetRole()))
	if err != nil {
		return nil, err
	}
	return &roomv1.SetRoleResponse{Member: wire.Member(m)}, nil
}

// KickMember implements roomv1.RoomServiceServer.
func (s *Server) KickMember(ctx context.Context, req *roomv1.KickMemberRequest) (*roomv1.KickMemberResponse, error) {
	actor, room, user, err := whom(ctx, req.GetRoomId(), req.GetUserId())
	if err != nil {
		return nil, err
	}
	return &roomv1.KickMemberResponse{}, s.Rooms.Kick(ctx, actor.User, room, user)
}

// UpdateRoom implements roomv1.RoomServiceServer.
func (s *Server) UpdateRoom(ctx context.Context, req *roomv1.UpdateRoomRequest) (*roomv1.UpdateRoomResponse, error) {
	actor, room, err := who(ctx, req.GetRoomId())
	if err != nil {
		return nil, err
	}
	r, err := s.Rooms.Update(ctx, actor.User, room, membership.Change{
		Name: req.Name, Description: req.Description, Private: req.IsPrivate, MaxMembers: req.MaxMembers, Moderated: req.Moderated,
	})
	if err != nil {
		return nil, err
	}
	return &roomv1.UpdateRoomResponse{Room: wire.Room(r)}, nil
}

// DeleteRoom implements roomv1.RoomServiceServer.
func (s *Server) DeleteRoom(ctx context.Context, req *roomv1.DeleteRoomRequest) (*roomv1.DeleteRoomResponse, error) {
	actor, room, err := who(ctx, req.GetRoomId())
	if err != nil {
		return nil, err
	}
	return &roomv1.DeleteRoomResponse{}, s.Rooms.Delete(ctx, actor.User, room)
}

// RemoveRoom implements roomv1.RoomServiceServer. Only auth knows who runs the
// system: the gateway asks there first, which is where it is noted, too.
func (s *Server) RemoveRoom(ctx context.Context, req *roomv1.RemoveRoomRequest) (*roomv1.RemoveRoomResponse, error) {
	actor, room, err := who(ctx, req.GetRoomId())
	if err != nil {
		return nil, err
	}
	return &roomv1.RemoveRoomResponse{}, s.Rooms.Remove(ctx, actor.User, room)
}

// TransferRoom implements roomv1.RoomServiceServer.
func (s *Server) TransferRoom(ctx context.Context, req *roomv1.TransferRoomRequest) (*roomv1.TransferRoomResponse, error) {
	actor, room, user, err := whom(ctx, req.GetRoomId(), req.GetUserId())
	if err != nil {
		return nil, err
	}
	r, err := s.Rooms.Transfer(ctx, actor.User, room, user)
	if err != nil {
		return nil, err
	}
	return &roomv1.TransferRoomResponse{Room: wire.Room(r)}, nil
}

// MuteMember implements roomv1.RoomServiceServer.
func (s *Server) MuteMember(ctx context.Context, req *roomv1.MuteMemberRequest) (*roomv1.MuteMemberResponse, error) {
	actor, room, user, err := whom(ctx, req.GetRoomId(), req.GetUserId())
	if err != nil {
		return nil, err
	}
	var until time.Time
	if us := req.GetUntil(); us != 0 {
		until = time.UnixMicro(us).UTC()
	}
	m, err := s.Rooms.Mute(ctx, actor.User, room, user, until)
	if err != nil {
		return nil, err
	}
	return &roomv1.MuteMemberResponse{Member: wire.Member(m)}, nil
}

// BanUser implements roomv1.RoomServiceServer.
func (s *Server) BanUser(ctx context.Context, req *roomv1.BanUserRequest) (*roomv1.BanUserResponse, error) {
	actor, room, user, err := whom(ctx, req.GetRoomId(), req.GetUserId())
	if err != nil {
		return nil, err
	}
	return &roomv1.BanUserResponse{}, s.Rooms.Ban(ctx, actor.User, room, user)
}

// UnbanUser implements roomv1.RoomServiceServer.
func (s *Server) UnbanUser(ctx context.Context, req *roomv1.UnbanUserRequest) (*roomv1.UnbanUserResponse, error) {
	actor, room, user, err := whom(ctx, req.GetRoomId(), req.GetUserId())
	if err != nil {
		return nil, err
	}
	return &roomv1.UnbanUserResponse{}, s.Rooms.Unban(ctx, actor.User, room, user)
}

// ListBans implements roomv1.RoomServiceServer.
func (s *Server) ListBans(ctx context.Context, req *roomv1.ListBansRequest) (*roomv1.ListBansResponse, error) {
	actor, room, err := who(ctx, req.GetRoomId())
	if err != nil {
		return nil, err
	}
	list, err := s.Rooms.Bans(ctx, actor.User, room)
	if err != nil {
		return nil, err
	}
	res := &roomv1.ListBansResponse{Bans: make([]*roomv1.Ban, len(list))}
	for i, b := range list {
		res.Bans[i] = wire.Ban(b)
	}
	return res, nil
}

// SetBlock implements roomv1.RoomServiceServer.
func (s *Server) SetBlock(ctx context.Context, req *roomv1.SetBlockRequest) (*roomv1.SetBlockResponse, error) {
	actor, err := acting(ctx)
	if err != nil {
		return nil, err
	}
	user, err := read(req.GetUserId())
	if err != nil {
		return nil, err
	}
	return &roomv1.SetBlockResponse{}, s.Rooms.SetBlock(ctx, actor.User, id.User{UUID: user}, req.GetBlocked())
}

// whom is who with another user.
func whom(ctx context.Context, room, user []byte) (rpc.Actor, id.Room, id.User, error) {
	actor, r, err := who(ctx, room)
	if err != nil {
		return rpc.Actor{}, id.Room{}, id.User{}, err
	}
	u, err := read(user)
	return actor, r, id.User{UUID: u}, err
}

func read(b []byte) (id.UUID, error) {
	u, err := id.FromBytes(b)
	if err != nil {
		return id.UUID{}, fault.Wrap(err, fault.Invalid, "validation_failed", "an id has 16 bytes")
	}
	return u, nil
}
