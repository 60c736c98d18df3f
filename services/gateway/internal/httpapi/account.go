package httpapi

import (
	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/gateway/internal/backend"
)

var success = clientv1.SuccessBody{Success: true}

func (a *api) client(c *call) backend.Client {
	return backend.Client{UserAgent: c.UserAgent(), Address: a.Address(c.Request)}
}

func (a *api) register(c *call) (any, error) {
	var b clientv1.RegisterBody
	if err := c.decode(&b); err != nil {
		return nil, err
	}
	if err := require(field{"username", b.Username}, field{"email", b.Email}, field{"password", b.Password}); err != nil {
		return nil, err
	}
	body, err := a.Backend.Register(c.Context(), *b.Username, *b.Email, *b.Password, a.client(c))
	return a.begun(c, body, err)
}

func (a *api) login(c *call) (any, error) {
	var b clientv1.LoginBody
	if err := c.decode(&b); err != nil {
		return nil, err
	}
	if err := require(field{"identifier", b.Identifier}, field{"password", b.Password}); err != nil {
		return nil, err
	}
	body, err := a.Backend.Login(c.Context(), *b.Identifier, *b.Password, a.client(c))
	return a.begun(c, body, err)
}

func (a *api) logout(c *call) (any, error) { return a.ended(c, a.Backend.Logout(c.Context())) }

func (a *api) refresh(c *call) (any, error) {
	body, err := a.Backend.Refresh(c.Context())
	return a.extended(c, body, err)
}

func (a *api) changePassword(c *call) (any, error) {
	var b clientv1.PasswordBody
	if err := c.decode(&b); err != nil {
		return nil, err
	}
	if err := require(field{"current_password", b.CurrentPassword}, field{"new_password", b.NewPassword}); err != nil {
		return nil, err
	}
	return success, a.Backend.ChangePassword(c.Context(), *b.CurrentPassword, *b.NewPassword)
}

func (a *api) sessions(c *call) (any, error) { return a.Backend.ListSessions(c.Context()) }

func (a *api) revokeSession(c *call) (any, error) {
	u, err := c.pathID("session_id", "session_not_found")
	if err != nil {
		return nil, err
	}
	err = a.Backend.RevokeSession(c.Context(), id.Session{UUID: u})
	if u == c.who.Session.UUID {
		return a.ended(c, err)
	}
	return success, err
}
