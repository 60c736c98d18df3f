package rpc

import (
	"context"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/rpc"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	"github.com/lair-chat/lair/services/auth/internal/identity"
)

// GetUsers implements authv1.AuthServiceServer.
func (s *Server) GetUsers(ctx context.Context, req *authv1.GetUsersRequest) (*authv1.GetUsersResponse, error) {
	sees, err := s.viewer(ctx)
	if err != nil {
		return nil, err
	}
	ids, err := userIDs(req.GetUserIds())
	if err != nil {
		return nil, err
	}
	list, err := s.Accounts.Store.Users(ctx, ids)
	return &authv1.GetUsersResponse{Users: shown(list, sees)}, err
}

// ListUsers implements authv1.AuthServiceServer.
func (s *Server) ListUsers(ctx context.Context, req *authv1.ListUsersRequest) (*authv1.ListUsersResponse, error) {
	sees, err := s.viewer(ctx)
	if err != nil {
		return nil, err
	}
	q := identity.Query{
		Search: req.GetSearch(), Limit: int(req.GetLimit()), Offset: int(min(req.GetOffset(), 1<<30)),
		After: string(req.GetAfter()),
	}
	if len(req.GetUserIds()) > 0 {
		if q.Only, err = userIDs(req.GetUserIds()); err != nil {
			return nil, err
		}
	}
	list, total, next, err := s.Accounts.List(ctx, q)
	return &authv1.ListUsersResponse{Users: shown(list, sees), Total: uint32(total), Next: []byte(next)}, err //nolint:gosec // people
}

// viewer returns whose e-mail addresses the caller may see: its own, or all if
// it is an administrator, or none if nobody acts.
func (s *Server) viewer(ctx context.Context) (func(identity.User) bool, error) {
	if err := rpc.NeedRole(ctx, Gateway); err != nil {
		return nil, err
	}
	actor, ok := rpc.ActorFrom(ctx)
	if !ok {
		return func(identity.User) bool { return false }, nil
	}
	// The role of now, not that in the token.
	me, err := s.Accounts.Store.User(ctx, actor.User)
	return func(u identity.User) bool { return u.ID == actor.User || me.Role == identity.RoleAdmin }, err
}

func shown(list []identity.User, sees func(identity.User) bool) []*authv1.User {
	out := make([]*authv1.User, len(list))
	for i, u := range list {
		out[i] = user(u, sees(u))
	}
	return out
}

func userIDs(raw [][]byte) ([]id.User, error) {
	if len(raw) > maxUsers {
		return nil, fault.New(fault.Invalid, "validation_failed", "at most %d ids a call", maxUsers)
	}
	ids := make([]id.User, len(raw))
	for i, b := range raw {
		u, err := uuid(b)
		if err != nil {
			return nil, err
		}
		ids[i] = id.User{UUID: u}
	}
	return ids, nil
}

func user(u identity.User, withEmail bool) *authv1.User {
	w := &authv1.User{
		Id: u.ID.Bytes(), Username: u.Username, Role: u.Role, DisplayName: u.DisplayName,
		CreatedAt: u.CreatedAt.UnixMicro(), UpdatedAt: u.UpdatedAt.UnixMicro(),
	}
	if withEmail {
		w.Email = u.Email
	}
	return w
}

func wireSession(x identity.Session) *authv1.Session {
	return &authv1.Session{
		Id: x.ID.Bytes(), UserId: x.User.Bytes(), CreatedAt: x.CreatedAt.UnixMicro(), ExpiresAt: x.ExpiresAt.UnixMicro(),
		UserAgent: x.UserAgent, Address: x.Address,
	}
}
