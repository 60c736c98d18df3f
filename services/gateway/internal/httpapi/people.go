package httpapi

import (
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

func (a *api) blocks(c *call) (any, error) {
	q := c.query()
	page := q.page()
	if q.err != nil {
		return nil, q.err
	}
	return a.Backend.ListBlocks(c.Context(), page)
}

func (a *api) roomInvitations(c *call) (any, error) {
	r, err := c.roomID()
	if err != nil {
		return nil, err
	}
	q := c.query()
	page := q.page()
	if q.err != nil {
		return nil, q.err
	}
	list, more, err := a.Backend.ListRoomInvitations(c.Context(), r, page)
	return clientv1.InvitationsBody{Invitations: list, HasMore: more}, err
}

func (a *api) account(c *call) (any, error) {
	u, err := c.userID()
	if err != nil {
		return nil, err
	}
	return a.Backend.GetAccount(c.Context(), u)
}

func (a *api) setUserRole(c *call) (any, error) {
	u, err := c.userID()
	if err != nil {
		return nil, err
	}
	var b clientv1.RoleBody
	if err := c.decode(&b); err != nil {
		return nil, err
	}
	if err := require(field{"role", b.Role}); err != nil {
		return nil, err
	}
	user, err := a.Backend.SetUserRole(c.Context(), u, *b.Role)
	return clientv1.UserBody{User: user}, err
}

func (a *api) removeRoom(c *call) (any, error) {
	r, err := c.roomID()
	if err != nil {
		return nil, err
	}
	var b clientv1.RemoveRoomBody
	if err := c.decodeIfAny(&b); err != nil {
		return nil, err
	}
	reason := ""
	if b.Reason != nil {
		reason = *b.Reason
	}
	return success, a.Backend.RemoveRoom(c.Context(), r, reason)
}
