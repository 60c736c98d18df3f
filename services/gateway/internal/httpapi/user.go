package httpapi

import (
	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/gateway/internal/backend"
)

func (a *api) me(c *call) (any, error) {
	u, _, err := a.Backend.CheckSession(c.Context())
	if err != nil {
		return nil, err
	}
	return clientv1.UserBody{User: u, UnreadCounts: a.unread(c.Context())}, nil
}

func (a *api) users(c *call) (any, error) {
	q := c.query()
	wanted := backend.UserQuery{Search: q.search(), OnlineOnly: q.flag("online_only"), Page: q.place()}
	if q.err != nil {
		return nil, q.err
	}
	return a.Backend.ListUsers(c.Context(), wanted)
}

func (a *api) user(c *call) (any, error) {
	u, err := c.pathID("user_id", "user_not_found")
	if err != nil {
		return nil, err
	}
	return a.Backend.GetUser(c.Context(), id.User{UUID: u})
}
