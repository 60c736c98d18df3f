package httpapi

import (
	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

func (a *api) invite(c *call) (any, error) {
	var b clientv1.InviteBody
	if err := c.decode(&b); err != nil {
		return nil, err
	}
	if err := require(field{"room_id", b.RoomID}, field{"user_id", b.UserID}); err != nil {
		return nil, err
	}
	room, err := id.Parse(*b.RoomID)
	if err != nil {
		return nil, fault.New(fault.NotFound, "room_not_found", "there is no such room")
	}
	u, err := bodyUser(*b.UserID)
	if err != nil {
		return nil, err
	}
	i, err := a.Backend.Invite(c.Context(), id.Room{UUID: room}, u)
	return clientv1.InvitationBody{Invitation: i}, err
}

func (a *api) invitations(c *call) (any, error) {
	q := c.query()
	page := q.page()
	if q.err != nil {
		return nil, q.err
	}
	list, more, err := a.Backend.ListInvitations(c.Context(), page)
	return clientv1.InvitationsBody{Invitations: list, HasMore: more}, err
}

func (c *call) invitationID() (id.Invitation, error) {
	u, err := c.pathID("invitation_id", "invitation_not_found")
	return id.Invitation{UUID: u}, err
}

func (a *api) acceptInvitation(c *call) (any, error) {
	i, err := c.invitationID()
	if err != nil {
		return nil, err
	}
	return a.Backend.AcceptInvitation(c.Context(), i)
}

func (a *api) declineInvitation(c *call) (any, error) {
	i, err := c.invitationID()
	if err != nil {
		return nil, err
	}
	return success, a.Backend.DeclineInvitation(c.Context(), i)
}

func (a *api) cancelInvitation(c *call) (any, error) {
	i, err := c.invitationID()
	if err != nil {
		return nil, err
	}
	return success, a.Backend.CancelInvitation(c.Context(), i)
}
