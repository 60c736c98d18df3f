package httpapi

import clientv1 "github.com/lair-chat/lair/proto/client/v1"

func (a *api) updateProfile(c *call) (any, error) {
	var b clientv1.ProfileBody
	if err := c.decode(&b); err != nil {
		return nil, err
	}
	u, err := a.Backend.UpdateProfile(c.Context(), b)
	return clientv1.UserBody{User: u}, err
}

func (a *api) revokeOtherSessions(c *call) (any, error) {
	return success, a.Backend.RevokeOtherSessions(c.Context())
}

func (a *api) deleteAccount(c *call) (any, error) {
	var b clientv1.DeleteAccountBody
	if err := c.decode(&b); err != nil {
		return nil, err
	}
	if err := require(field{"password", b.Password}); err != nil {
		return nil, err
	}
	return a.ended(c, a.Backend.DeleteAccount(c.Context(), *b.Password))
}
