package rpc_test

import (
	"context"
	"errors"
	"testing"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	roomv1 "github.com/lair-chat/lair/proto/room/v1"
	"github.com/lair-chat/lair/services/internal/journal"
)

// everything makes one call of each kind.
func everything(ctx context.Context, c roomv1.RoomServiceClient, room []byte) map[string]error {
	_, create := c.CreateRoom(ctx, &roomv1.CreateRoomRequest{Name: "another"})
	_, get := c.GetRoom(ctx, &roomv1.GetRoomRequest{RoomId: room})
	_, list := c.ListRooms(ctx, &roomv1.ListRoomsRequest{Limit: 1})
	_, join := c.JoinRoom(ctx, &roomv1.JoinRoomRequest{RoomId: room})
	_, leave := c.LeaveRoom(ctx, &roomv1.LeaveRoomRequest{RoomId: room})
	_, members := c.ListMembers(ctx, &roomv1.ListMembersRequest{RoomId: room})
	return map[string]error{"Create": create, "Get": get, "List": list, "Join": join, "Leave": leave, "Members": members}
}

func TestOnlyAGatewayMayActForAUser(t *testing.T) {
	w := setup(t)
	hall := w.room(t, w.user(t), "hall")
	for name, err := range everything(as(t, w.user(t)), w.stranger, hall) {
		if fault.KindOf(err) != fault.Denied || fault.CodeOf(err) != "permission_denied" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEveryCallNeedsAnActor(t *testing.T) {
	w := setup(t)
	hall := w.room(t, w.user(t), "hall")
	for name, err := range everything(t.Context(), w, hall) {
		if fault.KindOf(err) != fault.Unauthenticated || fault.CodeOf(err) != "invalid_token" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBadIDsAreRefused(t *testing.T) {
	w := setup(t)
	for _, room := range [][]byte{nil, {1, 2, 3}, make([]byte, 17)} {
		for name, err := range everything(as(t, w.user(t)), w, room) {
			if name == "Create" || name == "List" {
				continue // they name no room
			}
			if fault.KindOf(err) != fault.Invalid || fault.CodeOf(err) != "validation_failed" {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestCreatedRoomComesBackInEveryAnswer(t *testing.T) {
	w := setup(t)
	ann, bob := w.user(t), w.user(t)
	text := "tea\nand cake"
	created, err := w.CreateRoom(as(t, ann), &roomv1.CreateRoomRequest{Name: " Hall ", Description: &text, MaxMembers: 3})
	if err != nil {
		t.Fatal(err)
	}
	hall := created.GetRoom().GetId()
	want := &eventv1.Room{
		Id: hall, Name: "Hall", OwnerId: ann.Bytes(), Description: &text, MaxMembers: 3, CreatedAt: at.UnixMicro(),
	}
	same(t, created, &roomv1.CreateRoomResponse{Room: want})

	got, err1 := w.GetRoom(as(t, bob), &roomv1.GetRoomRequest{RoomId: hall})
	joined, err2 := w.JoinRoom(as(t, bob), &roomv1.JoinRoomRequest{RoomId: hall})
	again, err3 := w.GetRoom(as(t, bob), &roomv1.GetRoomRequest{RoomId: hall})
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	member := &roomv1.Member{RoomId: hall, UserId: bob.Bytes(), Role: eventv1.Role_ROLE_MEMBER, JoinedAt: at.UnixMicro()}
	same(t, got, &roomv1.GetRoomResponse{Room: want, MemberCount: 1})
	same(t, joined, &roomv1.JoinRoomResponse{Room: want, Membership: member})
	same(t, again, &roomv1.GetRoomResponse{Room: want, MemberCount: 2, Membership: member})

	if _, err := w.LeaveRoom(as(t, bob), &roomv1.LeaveRoomRequest{RoomId: hall}); err != nil {
		t.Fatal(err)
	}
	left, err := w.GetRoom(as(t, bob), &roomv1.GetRoomRequest{RoomId: hall})
	if err != nil {
		t.Fatal(err)
	}
	same(t, left, &roomv1.GetRoomResponse{Room: want, MemberCount: 1}) // who was a member is none
}

func TestListIsTranslated(t *testing.T) {
	w := setup(t)
	ann, bob := w.user(t), w.user(t)
	w.room(t, ann, "a tea room")
	w.room(t, bob, "b TEA room")
	w.room(t, bob, "coffee")
	den, err := w.CreateRoom(as(t, bob), &roomv1.CreateRoomRequest{Name: "den of tea", IsPrivate: true})
	if err != nil || !den.GetRoom().GetIsPrivate() || den.GetRoom().Description != nil {
		t.Fatalf("%v, %v", den, err)
	}
	type row struct {
		name   string
		mine   bool
		people uint32
	}
	for _, test := range []struct {
		u     id.User
		req   *roomv1.ListRoomsRequest
		total uint32
		want  []row
	}{
		{ann, &roomv1.ListRoomsRequest{Limit: 2}, 3, []row{{"a tea room", true, 1}, {"b TEA room", false, 1}}},
		{ann, &roomv1.ListRoomsRequest{Limit: 2, Offset: 2}, 3, []row{{"coffee", false, 1}}},
		{ann, &roomv1.ListRoomsRequest{Limit: 2, Offset: 1<<32 - 1}, 3, nil},
		{bob, &roomv1.ListRoomsRequest{Limit: 9, Search: "Tea"}, 3, []row{{"a tea room", false, 1}, {"b TEA room", true, 1}, {"den of tea", true, 1}}},
		{bob, &roomv1.ListRoomsRequest{Limit: 9, JoinedOnly: true}, 3, []row{{"b TEA room", true, 1}, {"coffee", true, 1}, {"den of tea", true, 1}}},
		{bob, &roomv1.ListRoomsRequest{Limit: 9, JoinedOnly: true, PublicOnly: true}, 2, []row{{"b TEA room", true, 1}, {"coffee", true, 1}}},
	} {
		resp, err := w.ListRooms(as(t, test.u), test.req)
		if err != nil || resp.GetTotal() != test.total || len(resp.GetRooms()) != len(test.want) {
			t.Errorf("%v: %v, %v", test.req, resp, err)
			continue
		}
		for i, r := range resp.GetRooms() {
			if got := (row{r.GetRoom().GetName(), r.GetIsMember(), r.GetMemberCount()}); got != test.want[i] {
				t.Errorf("%v: got %v, want %v", test.req, got, test.want[i])
			}
		}
	}
	for _, limit := range []uint32{0, 1001, 1<<32 - 1} {
		if _, err := w.ListRooms(as(t, ann), &roomv1.ListRoomsRequest{Limit: limit}); fault.CodeOf(err) != "validation_failed" {
			t.Errorf("limit %d: %v", limit, err)
		}
	}
}

func TestMembersComeWithTheirRoles(t *testing.T) {
	w := setup(t)
	ann, bob, eve := w.user(t), w.user(t), w.user(t)
	hall := w.room(t, ann, "hall")
	for _, u := range []id.User{bob, eve} {
		if _, err := w.JoinRoom(as(t, u), &roomv1.JoinRoomRequest{RoomId: hall}); err != nil {
			t.Fatal(err)
		}
	}
	w.promote(t, hall, eve, journal.Moderator)
	resp, err := w.ListMembers(as(t, bob), &roomv1.ListMembersRequest{RoomId: hall})
	if err != nil {
		t.Fatal(err)
	}
	same(t, resp, &roomv1.ListMembersResponse{Total: 3, Members: []*roomv1.Member{
		{RoomId: hall, UserId: ann.Bytes(), Role: eventv1.Role_ROLE_OWNER, JoinedAt: at.UnixMicro()},
		{RoomId: hall, UserId: eve.Bytes(), Role: eventv1.Role_ROLE_MODERATOR, JoinedAt: at.UnixMicro()},
		{RoomId: hall, UserId: bob.Bytes(), Role: eventv1.Role_ROLE_MEMBER, JoinedAt: at.UnixMicro()},
	}})
}

func TestRefusalsKeepKindAndCodeOnTheirWay(t *testing.T) {
	w := setup(t)
	ann, eve := w.user(t), w.user(t)
	hall := w.room(t, ann, "hall")
	den, err := w.CreateRoom(as(t, ann), &roomv1.CreateRoomRequest{Name: "den", IsPrivate: true})
	if err != nil {
		t.Fatal(err)
	}
	_, taken := w.CreateRoom(as(t, eve), &roomv1.CreateRoomRequest{Name: "DEN"})
	_, invalid := w.CreateRoom(as(t, eve), &roomv1.CreateRoomRequest{Name: " "})
	_, private := w.JoinRoom(as(t, eve), &roomv1.JoinRoomRequest{RoomId: den.GetRoom().GetId()})
	_, hidden := w.GetRoom(as(t, eve), &roomv1.GetRoomRequest{RoomId: den.GetRoom().GetId()})
	_, stranger := w.ListMembers(as(t, eve), &roomv1.ListMembersRequest{RoomId: hall})
	_, last := w.LeaveRoom(as(t, ann), &roomv1.LeaveRoomRequest{RoomId: hall})
	for _, test := range []struct {
		err  error
		kind fault.Kind
		code string
	}{
		{taken, fault.Conflict, "room_name_taken"},
		{invalid, fault.Invalid, "room_name_invalid"},
		{private, fault.Conflict, "room_private"},
		{hidden, fault.NotFound, "room_not_found"},
		{stranger, fault.Denied, "not_room_member"},
		{last, fault.Conflict, "last_owner"},
	} {
		if fault.KindOf(test.err) != test.kind || fault.CodeOf(test.err) != test.code {
			t.Errorf("got %v, want %s", test.err, test.code)
		}
	}
}
