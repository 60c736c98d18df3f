package backend

import (
	"context"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/gateway/internal/object"
)

// UserQuery says which users are wanted: those whose names contain Search,
// without regard to ASCII case, and with OnlineOnly those who are online.
type UserQuery struct {
	Search     string
	OnlineOnly bool
	Page
}

// GetUser returns a user. Errors: user_not_found.
func (b *Backend) GetUser(ctx context.Context, u id.User) (clientv1.UserItem, error) {
	asked := [][]byte{u.Bytes()}
	res, err := b.Auth.GetUsers(ctx, &authv1.GetUsersRequest{UserIds: asked})
	if err != nil {
		return clientv1.UserItem{}, err
	}
	if len(res.GetUsers()) == 0 {
		return clientv1.UserItem{}, fault.New(fault.NotFound, "user_not_found", "there is no such user")
	}
	return clientv1.UserItem{User: object.User(res.GetUsers()[0]), Online: b.online(ctx, asked)[u]}, nil
}

// ListUsers lists users by name.
func (b *Backend) ListUsers(ctx context.Context, q UserQuery) (clientv1.UsersBody, error) {
	ask, show := size(q.Limit)
	req := &authv1.ListUsersRequest{Search: q.Search, Limit: ask, Offset: q.Offset, After: q.after()}
	if q.OnlineOnly {
		here, err := b.Online(ctx)
		if err != nil {
			return clientv1.UsersBody{}, err
		}
		if len(here) == 0 { // naming nobody would be asking for everybody
			return clientv1.UsersBody{Users: []clientv1.UserItem{}}, nil
		}
		for _, u := range here {
			req.UserIds = append(req.UserIds, u.Bytes())
		}
	}
	res, err := b.Auth.ListUsers(ctx, req)
	if err != nil {
		return clientv1.UsersBody{}, err
	}
	users := cut(res.GetUsers(), show)
	ids := make([][]byte, len(users))
	for i, u := range users {
		ids[i] = u.GetId()
	}
	here := b.online(ctx, ids)
	body := clientv1.UsersBody{Users: make([]clientv1.UserItem, len(users)), TotalCount: int(res.GetTotal())}
	body.HasMore, body.NextCursor = q.end(len(res.GetUsers()), len(users), res.GetTotal(), res.GetNext())
	for i, w := range users {
		u := object.User(w)
		body.Users[i] = clientv1.UserItem{User: u, Online: here[u.ID]}
	}
	return body, nil
}
