package rpc_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	roomv1 "github.com/lair-chat/lair/proto/room/v1"
)

// governing makes one call of each kind that governs a room, or answers to it.
// What names no room is in the second map.
func governing(ctx context.Context, c roomv1.RoomServiceClient, room, user []byte) (rooms, others map[string]error) {
	_, role := c.SetRole(ctx, &roomv1.SetRoleRequest{RoomId: room, UserId: user, Role: eventv1.Role_ROLE_MEMBER})
	_, kick := c.KickMember(ctx, &roomv1.KickMemberRequest{RoomId: room, UserId: user})
	_, update := c.UpdateRoom(ctx, &roomv1.UpdateRoomRequest{RoomId: room})
	_, remove := c.DeleteRoom(ctx, &roomv1.DeleteRoomRequest{RoomId: room})
	_, system := c.RemoveRoom(ctx, &roomv1.RemoveRoomRequest{RoomId: room})
	_, pending := c.ListRoomInvitations(ctx, &roomv1.ListRoomInvitationsRequest{RoomId: room})
	_, blocks := c.ListBlocks(ctx, &roomv1.ListBlocksRequest{})
	_, transfer := c.TransferRoom(ctx, &roomv1.TransferRoomRequest{RoomId: room, UserId: user})
	_, mute := c.MuteMember(ctx, &roomv1.MuteMemberRequest{RoomId: room, UserId: user})
	_, ban := c.BanUser(ctx, &roomv1.BanUserRequest{RoomId: room, UserId: user})
	_, unban := c.UnbanUser(ctx, &roomv1.UnbanUserRequest{RoomId: room, UserId: user})
	_, bans := c.ListBans(ctx, &roomv1.ListBansRequest{RoomId: room})
	_, invite := c.Invite(ctx, &roomv1.InviteRequest{RoomId: room, UserId: user})
	_, list := c.ListInvitations(ctx, &roomv1.ListInvitationsRequest{})
	_, accept := c.AcceptInvitation(ctx, &roomv1.AcceptInvitationRequest{InvitationId: room})
	_, decline := c.DeclineInvitation(ctx, &roomv1.DeclineInvitationRequest{InvitationId: room})
	_, cancel := c.CancelInvitation(ctx, &roomv1.CancelInvitationRequest{InvitationId: room})
	_, block := c.SetBlock(ctx, &roomv1.SetBlockRequest{UserId: room})
	return map[string]error{
		"SetRole": role, "Kick": kick, "Update": update, "Delete": remove, "Transfer": transfer, "Mute": mute, "Ban": ban,
		"Unban": unban, "Bans": bans, "Invite": invite, "Accept": accept, "Decline": decline, "Cancel": cancel, "Block": block,
		"Remove": system, "Pending": pending,
	}, map[string]error{"List": list, "Blocks": blocks}
}

func TestGoverningNeedsAGatewayAnActorAndIDs(t *testing.T) {
	w := setup(t)
	ann, bob := w.user(t), w.user(t)
	hall := w.room(t, ann, "hall")
	for _, test := range []struct {
		ctx    context.Context
		client roomv1.RoomServiceClient
		code   string
	}{
		{as(t, ann), w.stranger, "permission_denied"},
		{t.Context(), w, "invalid_token"},
	} {
		rooms, others := governing(test.ctx, test.client, hall, bob.Bytes())
		for _, errs := range []map[string]error{rooms, others} {
			for name, err := range errs {
				if fault.CodeOf(err) != test.code {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
	}
	rooms, _ := governing(as(t, ann), w, []byte{1, 2, 3}, bob.Bytes())
	for name, err := range rooms {
		if fault.CodeOf(err) != "validation_failed" {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := w.KickMember(as(t, ann), &roomv1.KickMemberRequest{RoomId: hall, UserId: []byte{1}})
	if fault.CodeOf(err) != "validation_failed" {
		t.Error(err)
	}
	_, err = w.SetRole(as(t, ann), &roomv1.SetRoleRequest{RoomId: hall, UserId: bob.Bytes()})
	if fault.CodeOf(err) != "validation_failed" {
		t.Errorf("no role: %v", err)
	}
}

func TestGoverningIsTranslated(t *testing.T) {
	w := setup(t)
	ann, bob := w.user(t), w.user(t)
	hall := w.room(t, ann, "hall")
	ear := w.listen(t, "conversation."+id.UUID(hall).String())
	bell := func(seq int64, body *eventv1.Body) {
		t.Helper()
		same(t, hear(t, ear), conversationBell(hall, seq, ann, body))
	}
	if _, err := w.JoinRoom(as(t, bob), &roomv1.JoinRoomRequest{RoomId: hall}); err != nil {
		t.Fatal(err)
	}
	hear(t, ear)
	member := &roomv1.Member{RoomId: hall, UserId: bob.Bytes(), Role: eventv1.Role_ROLE_MODERATOR, JoinedAt: at.UnixMicro()}

	role, err := w.SetRole(as(t, ann), &roomv1.SetRoleRequest{RoomId: hall, UserId: bob.Bytes(), Role: eventv1.Role_ROLE_MODERATOR})
	if err != nil {
		t.Fatal(err)
	}
	same(t, role.GetMember(), member)
	bell(3, &eventv1.Body{Kind: &eventv1.Body_RoleChanged{RoleChanged: &eventv1.RoleChanged{
		UserId: bob.Bytes(), OldRole: eventv1.Role_ROLE_MEMBER, NewRole: eventv1.Role_ROLE_MODERATOR,
	}}})

	until := at.Add(time.Hour).UnixMicro()
	muted, err := w.MuteMember(as(t, ann), &roomv1.MuteMemberRequest{RoomId: hall, UserId: bob.Bytes(), Until: until})
	if err != nil {
		t.Fatal(err)
	}
	member.MutedUntil = until
	same(t, muted.GetMember(), member)
	bell(4, &eventv1.Body{Kind: &eventv1.Body_MemberMuted{MemberMuted: &eventv1.MemberMuted{UserId: bob.Bytes(), Until: until}}})

	want := &eventv1.Room{
		Id: hall, Name: "den", OwnerId: ann.Bytes(), Description: new("tea"), IsPrivate: true, MaxMembers: 9, Moderated: true,
		CreatedAt: at.UnixMicro(),
	}
	updated, err := w.UpdateRoom(as(t, ann), &roomv1.UpdateRoomRequest{
		RoomId: hall, Name: new("den"), Description: new("tea"), IsPrivate: new(true), MaxMembers: new(uint32(9)), Moderated: new(true),
	})
	if err != nil {
		t.Fatal(err)
	}
	same(t, updated.GetRoom(), want)
	bell(5, &eventv1.Body{Kind: &eventv1.Body_RoomUpdated{RoomUpdated: &eventv1.RoomUpdated{Room: want}}})

	if _, err := w.BanUser(as(t, ann), &roomv1.BanUserRequest{RoomId: hall, UserId: bob.Bytes()}); err != nil {
		t.Fatal(err)
	}
	bell(6, &eventv1.Body{Kind: &eventv1.Body_MemberLeft{MemberLeft: &eventv1.MemberLeft{
		UserId: bob.Bytes(), Reason: eventv1.LeaveReason_LEAVE_REASON_BANNED,
	}}})
	bans, err := w.ListBans(as(t, ann), &roomv1.ListBansRequest{RoomId: hall})
	if err != nil {
		t.Fatal(err)
	}
	same(t, bans, &roomv1.ListBansResponse{Bans: []*roomv1.Ban{{UserId: bob.Bytes(), ById: ann.Bytes(), CreatedAt: at.UnixMicro()}}})

	if _, err := w.DeleteRoom(as(t, ann), &roomv1.DeleteRoomRequest{RoomId: hall}); err != nil {
		t.Fatal(err)
	}
	bell(7, &eventv1.Body{Kind: &eventv1.Body_RoomDeleted{RoomDeleted: &eventv1.RoomDeleted{RoomName: "den"}}})
}

func TestInvitationsAreTranslatedAndRungFor(t *testing.T) {
	w := setup(t)
	ann, bob := w.user(t), w.user(t)
	made, err := w.CreateRoom(as(t, ann), &roomv1.CreateRoomRequest{Name: "den", IsPrivate: true, Moderated: true})
	if err != nil || !made.GetRoom().GetModerated() {
		t.Fatal(made, err)
	}
	den := made.GetRoom().GetId()
	mine, his := w.listen(t, "user."+ann.String()), w.listen(t, "user."+bob.String())
	invited, err := w.Invite(as(t, ann), &roomv1.InviteRequest{RoomId: den, UserId: bob.Bytes()})
	if err != nil {
		t.Fatal(err)
	}
	i := invited.GetInvitation()
	same(t, i, &eventv1.Invitation{
		Id: i.GetId(), RoomId: den, RoomName: "den", InviterId: ann.Bytes(), InviteeId: bob.Bytes(),
		Status: eventv1.InvitationStatus_INVITATION_STATUS_PENDING, CreatedAt: at.UnixMicro(),
		ExpiresAt: at.Add(7 * 24 * time.Hour).UnixMicro(),
	})
	got := hear(t, his).GetUserEvents()
	if len(got) != 1 {
		t.Fatalf("heard %v", got)
	}
	same(t, got[0].GetBody().GetInvitationReceived().GetInvitation(), i)
	list, err1 := w.ListInvitations(as(t, bob), &roomv1.ListInvitationsRequest{})
	pending, err3 := w.ListRoomInvitations(as(t, ann), &roomv1.ListRoomInvitationsRequest{RoomId: den})
	accepted, err2 := w.AcceptInvitation(as(t, bob), &roomv1.AcceptInvitationRequest{InvitationId: i.GetId()})
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	same(t, list, &roomv1.ListInvitationsResponse{Invitations: []*eventv1.Invitation{i}})
	same(t, pending, &roomv1.ListRoomInvitationsResponse{Invitations: []*eventv1.Invitation{i}})
	same(t, accepted, &roomv1.AcceptInvitationResponse{
		Room:       made.GetRoom(),
		Membership: &roomv1.Member{RoomId: den, UserId: bob.Bytes(), Role: eventv1.Role_ROLE_MEMBER, JoinedAt: at.UnixMicro()},
	})
	i.Status, i.RespondedAt = eventv1.InvitationStatus_INVITATION_STATUS_ACCEPTED, at.UnixMicro()
	same(t, hear(t, mine).GetUserEvents()[0].GetBody().GetInvitationChanged().GetInvitation(), i)
	same(t, hear(t, his), userBell(bob, 2, den, 2))
	same(t, hear(t, his).GetUserEvents()[0].GetBody().GetInvitationChanged().GetInvitation(), i)
}

func TestRoomIsRemovedAndPeopleAreBlocked(t *testing.T) {
	w := setup(t)
	ann, root := w.user(t), w.user(t)
	hall := w.room(t, ann, "hall")
	ear := w.listen(t, "conversation."+id.UUID(hall).String())
	if _, err := w.RemoveRoom(as(t, root), &roomv1.RemoveRoomRequest{RoomId: hall}); err != nil {
		t.Fatal(err)
	}
	gone := &eventv1.Body{Kind: &eventv1.Body_RoomDeleted{RoomDeleted: &eventv1.RoomDeleted{RoomName: "hall"}}}
	same(t, hear(t, ear), conversationBell(hall, 2, root, gone))
	if _, err := w.SetBlock(as(t, ann), &roomv1.SetBlockRequest{UserId: root.Bytes(), Blocked: true}); err != nil {
		t.Fatal(err)
	}
	list, err := w.ListBlocks(as(t, ann), &roomv1.ListBlocksRequest{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	same(t, list, &roomv1.ListBlocksResponse{Blocks: []*roomv1.Block{{UserId: root.Bytes(), CreatedAt: at.UnixMicro()}}})
}
