package backend

import (
	"context"

	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	roomv1 "github.com/lair-chat/lair/proto/room/v1"
	"github.com/lair-chat/lair/services/gateway/internal/object"
)

// Invite invites a user to a room. Errors: not_room_member (also if there is no
// such room), permission_denied, user_not_found, already_member,
// already_invited, user_banned, user_blocked.
func (b *Backend) Invite(ctx context.Context, r id.Room, u id.User) (clientv1.Invitation, error) {
	res, err := b.Rooms.Invite(ctx, &roomv1.InviteRequest{RoomId: r.Bytes(), UserId: u.Bytes()})
	if err != nil {
		return clientv1.Invitation{}, err
	}
	list := []*eventv1.Invitation{res.GetInvitation()}
	// It is committed, so a name that cannot be had is left empty.
	users, _ := b.Directory.Users(ctx, people(list)...)
	return invitation(list[0], users), nil
}

// people returns everybody whose name the invitations need.
func people(list []*eventv1.Invitation) []id.User {
	ids := make([]id.User, 0, 2*len(list))
	for _, i := range list {
		ids = append(ids, object.UserID(i.GetInviterId()), object.UserID(i.GetInviteeId()))
	}
	return ids
}

func invitation(i *eventv1.Invitation, users map[id.User]clientv1.User) clientv1.Invitation {
	return object.Invitation(i, users[object.UserID(i.GetInviterId())].Username, users[object.UserID(i.GetInviteeId())].Username)
}

// AcceptInvitation makes the acting user a member. Errors:
// invitation_not_found, not_invitee, invitation_expired, already_member,
// room_full, user_banned.
func (b *Backend) AcceptInvitation(ctx context.Context, i id.Invitation) (clientv1.JoinBody, error) {
	res, err := b.Rooms.AcceptInvitation(ctx, &roomv1.AcceptInvitationRequest{InvitationId: i.Bytes()})
	if err != nil {
		return clientv1.JoinBody{}, err
	}
	return clientv1.JoinBody{Room: object.Room(res.GetRoom()), Membership: object.Membership(res.GetMembership())}, nil
}

// DeclineInvitation refuses an invitation. Errors: invitation_not_found,
// not_invitee, invitation_expired.
func (b *Backend) DeclineInvitation(ctx context.Context, i id.Invitation) error {
	_, err := b.Rooms.DeclineInvitation(ctx, &roomv1.DeclineInvitationRequest{InvitationId: i.Bytes()})
	return err
}

// CancelInvitation takes an invitation back. Errors: invitation_not_found,
// permission_denied, invitation_expired.
func (b *Backend) CancelInvitation(ctx context.Context, i id.Invitation) error {
	_, err := b.Rooms.CancelInvitation(ctx, &roomv1.CancelInvitationRequest{InvitationId: i.Bytes()})
	return err
}
