package session

import (
	"context"

	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/gateway/internal/backend"
)

// invitation answers the commands about invitations.
func (s *Session) invitation(ctx context.Context, c *clientv1.Command) any {
	switch c.Type {
	case clientv1.TypeInviteToRoom:
		return s.invite(ctx, c)
	case clientv1.TypeAcceptInvitation:
		i, err := invitationID(c)
		var body clientv1.JoinBody
		if err == nil {
			body, err = s.gate.needs.Backend.AcceptInvitation(ctx, i)
		}
		r := clientv1.MembershipResponse{Response: response(c, err)}
		if err == nil {
			r.Membership = &body.Membership
		}
		return r
	case clientv1.TypeDeclineInvitation:
		i, err := invitationID(c)
		if err == nil {
			err = s.gate.needs.Backend.DeclineInvitation(ctx, i)
		}
		return response(c, err)
	}
	list, _, err := s.gate.needs.Backend.ListInvitations(ctx, backend.Page{})
	return clientv1.InvitationsResponse{Response: response(c, err), Invitations: list}
}

func (s *Session) invite(ctx context.Context, c *clientv1.Command) any {
	room, err := roomID(c)
	var user id.UUID
	if err == nil {
		if user, err = id.Parse(*c.UserID); err != nil {
			err = errID
		}
	}
	var i clientv1.Invitation
	if err == nil {
		i, err = s.gate.needs.Backend.Invite(ctx, room, id.User{UUID: user})
	}
	r := clientv1.InvitationResponse{Response: response(c, err)}
	if err == nil {
		r.Invitation = &i
	}
	return r
}

func invitationID(c *clientv1.Command) (id.Invitation, error) {
	u, err := id.Parse(*c.InvitationID)
	if err != nil {
		return id.Invitation{}, errID
	}
	return id.Invitation{UUID: u}, nil
}
