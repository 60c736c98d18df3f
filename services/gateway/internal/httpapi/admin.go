package httpapi

import (
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

func (a *api) banUser(c *call) (any, error) {
	u, err := c.userID()
	if err != nil {
		return nil, err
	}
	var b clientv1.BanBody
	if err := c.decode(&b); err != nil {
		return nil, err
	}
	if err := require(field{"reason", b.Reason}); err != nil {
		return nil, err
	}
	return success, a.Backend.BanUser(c.Context(), u, *b.Reason, b.Until)
}

func (a *api) unbanUser(c *call) (any, error) {
	u, err := c.userID()
	if err != nil {
		return nil, err
	}
	return success, a.Backend.UnbanUser(c.Context(), u)
}

func (a *api) createReset(c *call) (any, error) {
	u, err := c.userID()
	if err != nil {
		return nil, err
	}
	return a.Backend.CreateReset(c.Context(), u)
}

func (a *api) resetPassword(c *call) (any, error) {
	var b clientv1.ResetPasswordBody
	if err := c.decode(&b); err != nil {
		return nil, err
	}
	if err := require(field{"token", b.Token}, field{"new_password", b.NewPassword}); err != nil {
		return nil, err
	}
	return success, a.Backend.ResetPassword(c.Context(), *b.Token, *b.NewPassword, a.client(c))
}

func (a *api) audit(c *call) (any, error) {
	q := c.query()
	cursor, limit := q.text("cursor"), q.count("limit")
	if q.err != nil {
		return nil, q.err
	}
	if cursor == nil {
		cursor = new("")
	}
	return a.Backend.Audit(c.Context(), *cursor, limit)
}

func (a *api) stats(c *call) (any, error) {
	s, err := a.Backend.Stats(c.Context())
	return clientv1.StatsBody{Stats: s}, err
}
