package httpapi

import (
	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/gateway/internal/backend"
)

func (a *api) createRoom(c *call) (any, error) {
	var b clientv1.CreateRoomBody
	if err := c.decode(&b); err != nil {
		return nil, err
	}
	if err := require(field{"name", b.Name}); err != nil {
		return nil, err
	}
	r, err := a.Backend.CreateRoom(c.Context(), *b.Name, b.Description, b.Settings)
	return clientv1.RoomBody{Room: r}, err
}

// rooms lists the public rooms and one's own, also the private ones: the
// terminal client knows no other list.
func (a *api) rooms(c *call) (any, error) {
	q := c.query()
	wanted := backend.RoomQuery{
		Search: q.search(), JoinedOnly: q.flag("joined_only"), PublicOnly: q.flag("public_only"), Page: q.place(),
	}
	if q.err != nil {
		return nil, q.err
	}
	return a.Backend.ListRooms(c.Context(), wanted)
}

func (c *call) roomID() (id.Room, error) {
	u, err := c.pathID("room_id", "room_not_found")
	return id.Room{UUID: u}, err
}

func (a *api) room(c *call) (any, error) {
	r, err := c.roomID()
	if err != nil {
		return nil, err
	}
	return a.Backend.GetRoom(c.Context(), r)
}

func (a *api) join(c *call) (any, error) {
	r, err := c.roomID()
	if err != nil {
		return nil, err
	}
	return a.Backend.JoinRoom(c.Context(), r)
}

func (a *api) leave(c *call) (any, error) {
	r, err := c.roomID()
	if err != nil {
		return nil, err
	}
	return success, a.Backend.LeaveRoom(c.Context(), r)
}

func (a *api) members(c *call) (any, error) {
	r, err := c.roomID()
	if err != nil {
		return nil, err
	}
	q := c.query()
	page := q.page()
	if q.err != nil {
		return nil, q.err
	}
	return a.Backend.ListMembers(c.Context(), r, page)
}
