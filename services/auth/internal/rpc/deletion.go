package rpc

import (
	"context"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/rpc"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	"github.com/lair-chat/lair/services/auth/internal/identity"
)

// Roles of the peers that keep traces of users.
const (
	room    = "room"
	message = "message"
)

// keeper returns which keeper calls. A caller without the role of one has no
// list, so one service cannot confirm for another.
func keeper(ctx context.Context) (identity.Keeper, error) {
	if err := rpc.NeedRole(ctx, room, message); err != nil {
		return 0, err
	}
	if rpc.PeerRole(ctx) == room {
		return identity.RoomKeeper, nil
	}
	return identity.MessageKeeper, nil
}

// ListDeletions implements authv1.AuthServiceServer.
func (s *Server) ListDeletions(ctx context.Context, req *authv1.ListDeletionsRequest) (*authv1.ListDeletionsResponse, error) {
	k, err := keeper(ctx)
	if err != nil {
		return nil, err
	}
	var after id.User
	if len(req.GetAfter()) > 0 {
		if after.UUID, err = uuid(req.GetAfter()); err != nil {
			return nil, err
		}
	}
	users, err := s.Accounts.Store.Deletions(ctx, k, after, identity.MaxDeletions)
	res := &authv1.ListDeletionsResponse{UserIds: make([][]byte, len(users))}
	for i, u := range users {
		res.UserIds[i] = u.Bytes()
	}
	return res, err
}

// ConfirmDeletions implements authv1.AuthServiceServer.
func (s *Server) ConfirmDeletions(ctx context.Context, req *authv1.ConfirmDeletionsRequest) (*authv1.ConfirmDeletionsResponse, error) {
	k, err := keeper(ctx)
	if err != nil {
		return nil, err
	}
	if len(req.GetUserIds()) > identity.MaxDeletions {
		return nil, fault.New(fault.Invalid, "validation_failed", "at most %d users at once", identity.MaxDeletions)
	}
	users := make([]id.User, len(req.GetUserIds()))
	for i, raw := range req.GetUserIds() {
		if users[i].UUID, err = uuid(raw); err != nil {
			return nil, err
		}
	}
	return &authv1.ConfirmDeletionsResponse{}, s.Accounts.Store.ConfirmDeletions(ctx, k, users)
}
