package httpapi_test

import (
	"context"
	"testing"

	"github.com/lair-chat/lair/pkg/fault"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	roomv1 "github.com/lair-chat/lair/proto/room/v1"
	"github.com/lair-chat/lair/services/gateway/internal/backend/backendtest"
)

func TestListsGoOnBehindACursor(t *testing.T) {
	w := newWorld(t)
	annIsOnline(w)
	// "YW5u" is base64 of ann.
	play(w, true, &authv1.ListUsersRequest{Limit: 1}, &authv1.ListUsersResponse{Users: []*authv1.User{annUser()}, Total: 2, Next: []byte("ann")})
	want(t, w.do("GET", "/api/v1/users?limit=1", ""), 200,
		`{"users":[{"user":`+annJSON+`,"online":true}],"has_more":true,"total_count":2,"next_cursor":"YW5u"}`)
	play(w, true, &authv1.ListUsersRequest{Limit: 1, After: []byte("ann")}, &authv1.ListUsersResponse{Users: []*authv1.User{bobUser()}, Total: 2})
	want(t, w.do("GET", "/api/v1/users?limit=1&cursor=YW5u", ""), 200,
		`{"users":[{"user":`+bobJSON+`,"online":false}],"has_more":false,"total_count":2}`)
	play(w, true, &authv1.ListUsersRequest{Limit: 1, After: []byte("ann")}, &authv1.ListUsersResponse{Users: []*authv1.User{bobUser()}, Total: 2})
	want(t, w.do("GET", "/api/v1/users?limit=0&cursor=YW5u", ""), 200, `{"users":[],"has_more":true,"total_count":2}`)

	item := &roomv1.RoomItem{Room: hallRoom(), MemberCount: 3, IsMember: true}
	const itemJSON = `{"room":` + hallJSON + `,"member_count":3,"is_member":true}`
	play(w, true, &roomv1.ListRoomsRequest{Search: "h", JoinedOnly: true, Limit: 1, After: []byte("ann")},
		&roomv1.ListRoomsResponse{Rooms: []*roomv1.RoomItem{item}, Total: 9, Next: []byte("hall")})
	want(t, w.do("GET", "/api/v1/rooms?search=h&joined_only=true&limit=1&cursor=YW5u", ""), 200,
		`{"rooms":[`+itemJSON+`],"has_more":true,"total_count":9,"next_cursor":"aGFsbA"}`)
	for _, query := range []string{"cursor=*", "cursor=YW5u&offset=0", "cursor=YQ==", "cursor=YW5u&cursor=YW5u"} {
		refused(t, w.do("GET", "/api/v1/users?"+query, ""), 400, "validation_failed")
		refused(t, w.do("GET", "/api/v1/rooms?"+query, ""), 400, "validation_failed")
	}
}

func TestMembersHavePages(t *testing.T) {
	w := newWorld(t)
	everybodyHasAName(w)
	const path = "/api/v1/rooms/" + hall + "/members"
	const annMember = `{"user_id":"` + ann + `","username":"ann","role":"owner","joined_at":"2026-02-19T12:00:00Z","is_online":false}`
	for query, req := range map[string]*roomv1.ListMembersRequest{
		"": {RoomId: raw(hall)}, "?limit=1&offset=7": {RoomId: raw(hall), Limit: 1, Offset: 7}, "?limit=1001": {RoomId: raw(hall), Limit: 1000},
	} {
		play(w, true, req, &roomv1.ListMembersResponse{Members: []*roomv1.Member{hallOwner()}, Total: 8})
		want(t, w.do("GET", path+query, ""), 200, `{"members":[`+annMember+`],"total":8}`)
	}
	play(w, true, &roomv1.ListMembersRequest{RoomId: raw(hall), Limit: 1}, &roomv1.ListMembersResponse{Members: []*roomv1.Member{hallOwner()}, Total: 8})
	want(t, w.do("GET", path+"?limit=0", ""), 200, `{"members":[],"total":8}`)
	refused(t, w.do("GET", path+"?limit=x", ""), 400, "validation_failed")
}

func TestBlocksAndInvitationsAreListed(t *testing.T) {
	w := newWorld(t)
	everybodyHasAName(w)
	play(w, true, &roomv1.ListBlocksRequest{}, &roomv1.ListBlocksResponse{Blocks: []*roomv1.Block{{UserId: raw(bob), CreatedAt: noon}, {UserId: raw(ann)}}})
	want(t, w.do("GET", "/api/v1/users/me/blocks", ""), 200, `{"blocks":[{"user_id":"`+bob+`","username":"bob","created_at":"2026-02-19T12:00:00Z"},`+
		`{"user_id":"`+ann+`","username":"ann","created_at":null}],"has_more":false}`)
	play(w, true, &roomv1.ListBlocksRequest{Limit: 1, Offset: 3}, &roomv1.ListBlocksResponse{HasMore: true})
	want(t, w.do("GET", "/api/v1/users/me/blocks?limit=1&offset=3", ""), 200, `{"blocks":[],"has_more":true}`)
	refused(t, w.do("GET", "/api/v1/users/me/blocks?limit=-1", ""), 400, "validation_failed")
	refused(t, w.do("GET", "/api/v1/users/me/blocks", "", "Authorization: "), 401, "missing_token")

	const path = "/api/v1/rooms/" + hall + "/invitations"
	play(w, true, &roomv1.ListRoomInvitationsRequest{RoomId: raw(hall), Limit: 2, Offset: 1}, &roomv1.ListRoomInvitationsResponse{HasMore: true})
	want(t, w.do("GET", path+"?limit=2&offset=1", ""), 200, `{"invitations":[],"has_more":true}`)
	refused(t, w.do("GET", "/api/v1/rooms/hall/invitations", ""), 404, "room_not_found")
	refused(t, w.do("GET", path+"?offset=x", ""), 400, "validation_failed")
	refused(t, w.do("GET", path, "", "Authorization: "), 401, "missing_token")
	play(w, true, &roomv1.ListInvitationsRequest{Limit: 2, Offset: 1}, &roomv1.ListInvitationsResponse{HasMore: true})
	want(t, w.do("GET", "/api/v1/invitations?limit=2&offset=1", ""), 200, `{"invitations":[],"has_more":true}`)
}

func TestAccountsAreShownToWhoRunsTheSystem(t *testing.T) {
	w := newWorld(t)
	annIsOnline(w)
	const path = "/api/v1/admin/users/" + ann
	const forGood = 253402214400_000000
	for until, ban := range map[int64]string{
		0: `null`, noon: `{"reason":"noise","until":"2026-02-19T12:00:00Z"}`, forGood: `{"reason":"noise","until":null}`,
	} {
		play(w, true, &authv1.GetAccountRequest{UserId: raw(ann)}, &authv1.GetAccountResponse{User: annUser(), BannedUntil: until, BanReason: "noise"})
		want(t, w.do("GET", path, ""), 200, `{"user":`+annJSON+`,"online":true,"ban":`+ban+`}`)
	}
	play(w, true, &authv1.SetRoleRequest{UserId: raw(bob), Role: "moderator"}, &authv1.SetRoleResponse{User: bobUser()})
	want(t, w.do("PUT", "/api/v1/admin/users/"+bob+"/role", `{"role":"moderator"}`), 200, `{"user":`+bobJSON+`}`)
	refused(t, w.do("PUT", "/api/v1/admin/users/"+bob+"/role", `{}`), 422, "validation_failed")
	refused(t, w.do("PUT", "/api/v1/admin/users/bob/role", `{"role":"user"}`), 404, "user_not_found")
	refused(t, w.do("GET", "/api/v1/admin/users/bob", ""), 404, "user_not_found")
	refused(t, w.do("GET", path, "", "Authorization: "), 401, "missing_token")
	backendtest.Fail[*authv1.SetRoleRequest](w.Services, fault.New(fault.Conflict, "last_admin", "no"))
	refused(t, w.do("PUT", "/api/v1/admin/users/"+bob+"/role", `{"role":"user"}`), 409, "last_admin")
}

func TestRoomIsRemovedOnlyAfterTheOrderIsNoted(t *testing.T) {
	w := newWorld(t)
	const path = "/api/v1/admin/rooms/" + hall
	play(w, true, &roomv1.RemoveRoomRequest{RoomId: raw(hall)}, &roomv1.RemoveRoomResponse{})
	play(w, true, &authv1.OrderRoomDeletionRequest{RoomId: raw(hall), Reason: "noise"}, &authv1.OrderRoomDeletionResponse{})
	want(t, w.do("DELETE", path, `{"reason":"noise"}`), 200, ok)
	play(w, true, &authv1.OrderRoomDeletionRequest{RoomId: raw(hall)}, &authv1.OrderRoomDeletionResponse{})
	want(t, w.do("DELETE", path, ""), 200, ok)
	want(t, w.do("DELETE", path, `{"reason":null}`), 200, ok)
	refused(t, w.do("DELETE", path, `{"reason":7}`), 422, "validation_failed")
	refused(t, w.do("DELETE", "/api/v1/admin/rooms/hall", ""), 404, "room_not_found")
	refused(t, w.do("DELETE", path, "", "Authorization: "), 401, "missing_token")

	backendtest.On(w.Services, func(context.Context, *roomv1.RemoveRoomRequest) (*roomv1.RemoveRoomResponse, error) {
		t.Error("room was asked")
		return &roomv1.RemoveRoomResponse{}, nil
	})
	backendtest.Fail[*authv1.OrderRoomDeletionRequest](w.Services, fault.New(fault.Denied, "permission_denied", "no"))
	refused(t, w.do("DELETE", path, ""), 403, "permission_denied")
}
