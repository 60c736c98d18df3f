package httpapi

import (
	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

func (c *call) userID() (id.User, error) {
	u, err := c.pathID("user_id", "user_not_found")
	return id.User{UUID: u}, err
}

// place reads the room and the user of a path.
func (c *call) place() (id.Room, id.User, error) {
	r, err := c.roomID()
	if err != nil {
		return r, id.User{}, err
	}
	u, err := c.userID()
	return r, u, err
}

func (a *api) setRole(c *call) (any, error) {
	r, u, err := c.place()
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
	return a.Backend.SetRole(c.Context(), r, u, *b.Role)
}

func (a *api) kick(c *call) (any, error) {
	r, u, err := c.place()
	if err != nil {
		return nil, err
	}
	return success, a.Backend.Kick(c.Context(), r, u)
}

func (a *api) updateRoom(c *call) (any, error) {
	r, err := c.roomID()
	if err != nil {
		return nil, err
	}
	var b clientv1.UpdateRoomBody
	if err := c.decode(&b); err != nil {
		return nil, err
	}
	return a.Backend.UpdateRoom(c.Context(), r, b)
}

func (a *api) deleteRoom(c *call) (any, error) {
	r, err := c.roomID()
	if err != nil {
		return nil, err
	}
	return success, a.Backend.DeleteRoom(c.Context(), r)
}

func (a *api) transfer(c *call) (any, error) {
	r, err := c.roomID()
	if err != nil {
		return nil, err
	}
	var b clientv1.TransferBody
	if err := c.decode(&b); err != nil {
		return nil, err
	}
	if err := require(field{"user_id", b.UserID}); err != nil {
		return nil, err
	}
	u, err := bodyUser(*b.UserID)
	if err != nil {
		return nil, err
	}
	return a.Backend.Transfer(c.Context(), r, u)
}

// bodyUser reads an id in a body. One that is none names nobody.
func bodyUser(s string) (id.User, error) {
	u, err := id.Parse(s)
	if err != nil {
		return id.User{}, fault.New(fault.NotFound, "user_not_found", "there is no such user")
	}
	return id.User{UUID: u}, nil
}

// mute takes a body or none: without one the mute has no end.
func (a *api) mute(c *call) (any, error) {
	r, u, err := c.place()
	if err != nil {
		return nil, err
	}
	var b clientv1.MuteBody
	if err := c.decodeIfAny(&b); err != nil {
		return nil, err
	}
	return a.Backend.Mute(c.Context(), r, u, b.Until)
}

func (a *api) unmute(c *call) (any, error) {
	r, u, err := c.place()
	if err != nil {
		return nil, err
	}
	return a.Backend.Unmute(c.Context(), r, u)
}

func (a *api) bans(c *call) (any, error) {
	r, err := c.roomID()
	if err != nil {
		return nil, err
	}
	return a.Backend.ListBans(c.Context(), r)
}

func (a *api) ban(c *call) (any, error) {
	r, u, err := c.place()
	if err != nil {
		return nil, err
	}
	return success, a.Backend.Ban(c.Context(), r, u)
}

func (a *api) unban(c *call) (any, error) {
	r, u, err := c.place()
	if err != nil {
		return nil, err
	}
	return success, a.Backend.Unban(c.Context(), r, u)
}

func (a *api) block(c *call) (any, error) { return a.setBlock(c, true) }

func (a *api) unblock(c *call) (any, error) { return a.setBlock(c, false) }

func (a *api) setBlock(c *call, blocked bool) (any, error) {
	u, err := c.userID()
	if err != nil {
		return nil, err
	}
	return success, a.Backend.SetBlock(c.Context(), u, blocked)
}
