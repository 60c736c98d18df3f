package httpapi_test

import (
	"context"
	"testing"

	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	roomv1 "github.com/lair-chat/lair/proto/room/v1"
	"github.com/lair-chat/lair/services/gateway/internal/backend/backendtest"
)

const (
	invited = "66666666-6666-4666-8666-666666666666"
	week    = 7 * 24 * 3600 * 1000000
)

// everybodyHasAName lets the directory know ann and bob.
func everybodyHasAName(w *world) {
	backendtest.On(w.Services, func(context.Context, *authv1.GetUsersRequest) (*authv1.GetUsersResponse, error) {
		return &authv1.GetUsersResponse{Users: []*authv1.User{annUser(), bobUser()}}, nil
	})
}

func TestRolesAndKicks(t *testing.T) {
	w := newWorld(t)
	annIsOnline(w)
	everybodyHasAName(w)
	const path = "/api/v1/rooms/" + hall + "/members/" + bob
	member := &roomv1.Member{RoomId: raw(hall), UserId: raw(bob), Role: eventv1.Role_ROLE_MODERATOR, JoinedAt: noon}
	const memberJSON = `{"member":{"user_id":"` + bob + `","username":"bob","role":"moderator","joined_at":"2026-02-19T12:00:00Z","is_online":false}}`
	for name, r := range map[string]eventv1.Role{
		"owner": eventv1.Role_ROLE_OWNER, "Moderator": eventv1.Role_ROLE_MODERATOR,
		"admin": eventv1.Role_ROLE_MODERATOR, "member": eventv1.Role_ROLE_MEMBER,
	} {
		play(w, true, &roomv1.SetRoleRequest{RoomId: raw(hall), UserId: raw(bob), Role: r}, &roomv1.SetRoleResponse{Member: member})
		want(t, w.do("PUT", path+"/role", `{"role":"`+name+`"}`), 200, memberJSON)
	}
	refused(t, w.do("PUT", path+"/role", `{"role":"king"}`), 400, "validation_failed")
	refused(t, w.do("PUT", path+"/role", `{}`), 422, "validation_failed")
	refused(t, w.do("PUT", "/api/v1/rooms/hall/members/"+bob+"/role", `{"role":"owner"}`), 404, "room_not_found")
	refused(t, w.do("PUT", "/api/v1/rooms/"+hall+"/members/bob/role", `{"role":"owner"}`), 404, "user_not_found")
	play(w, true, &roomv1.KickMemberRequest{RoomId: raw(hall), UserId: raw(bob)}, &roomv1.KickMemberResponse{})
	want(t, w.do("DELETE", path, ""), 200, ok)
	refused(t, w.do("DELETE", "/api/v1/rooms/"+hall+"/members/bob", ""), 404, "user_not_found")
}

func TestRoomIsChangedAndDeleted(t *testing.T) {
	w := newWorld(t)
	for body, req := range map[string]*roomv1.UpdateRoomRequest{
		`{}`:                                              {},
		`{"name":"den"}`:                                  {Name: new("den")},
		`{"description":""}`:                              {Description: new("")},
		`{"settings":{}}`:                                 {},
		`{"settings":{"public":true}}`:                    {IsPrivate: new(false)},
		`{"settings":{"public":false}}`:                   {IsPrivate: new(true)},
		`{"settings":{"max_members":7}}`:                  {MaxMembers: new(uint32(7))},
		`{"settings":{"max_members":null}}`:               {MaxMembers: new(uint32(0))},
		`{"settings":null}`:                               {},
		`{"settings":{"max_members":0,"moderated":true}}`: {MaxMembers: new(uint32(0)), Moderated: new(true)},
	} {
		req.RoomId = raw(hall)
		play(w, true, req, &roomv1.UpdateRoomResponse{Room: hallRoom()})
		want(t, w.do("PATCH", "/api/v1/rooms/"+hall, body), 200, `{"room":`+hallJSON+`}`)
	}
	play(w, true, &roomv1.DeleteRoomRequest{RoomId: raw(hall)}, &roomv1.DeleteRoomResponse{})
	want(t, w.do("DELETE", "/api/v1/rooms/"+hall, ""), 200, ok)
	play(w, true, &roomv1.TransferRoomRequest{RoomId: raw(hall), UserId: raw(bob)}, &roomv1.TransferRoomResponse{Room: hallRoom()})
	want(t, w.do("POST", "/api/v1/rooms/"+hall+"/transfer", `{"user_id":"`+bob+`"}`), 200, `{"room":`+hallJSON+`}`)
	refused(t, w.do("POST", "/api/v1/rooms/"+hall+"/transfer", `{"user_id":"bob"}`), 404, "user_not_found")
	refused(t, w.do("POST", "/api/v1/rooms/"+hall+"/transfer", `{}`), 422, "validation_failed")
}

func TestModeration(t *testing.T) {
	w := newWorld(t)
	annIsOnline(w)
	everybodyHasAName(w)
	const path, bans = "/api/v1/rooms/" + hall + "/members/" + bob + "/mute", "/api/v1/rooms/" + hall + "/bans"
	for body, until := range map[string]int64{
		"":                                      253402214400_000000,
		`{}`:                                    253402214400_000000,
		`{"until":"2026-02-19T13:00:00+01:00"}`: noon,
		`{"until":"1970-01-01T00:00:00Z"}`:      1,
	} {
		play(w, true, &roomv1.MuteMemberRequest{RoomId: raw(hall), UserId: raw(bob), Until: until},
			&roomv1.MuteMemberResponse{Member: &roomv1.Member{UserId: raw(bob), JoinedAt: noon, MutedUntil: noon}})
		want(t, w.do("PUT", path, body), 200, `{"member":{"user_id":"`+bob+
			`","username":"bob","role":"member","joined_at":"2026-02-19T12:00:00Z","is_online":false,"muted_until":"2026-02-19T12:00:00Z"}}`)
	}
	refused(t, w.do("PUT", path, `{"until":"tomorrow"}`), 400, "validation_failed")
	play(w, true, &roomv1.MuteMemberRequest{RoomId: raw(hall), UserId: raw(bob)},
		&roomv1.MuteMemberResponse{Member: &roomv1.Member{UserId: raw(bob), JoinedAt: noon}})
	want(t, w.do("DELETE", path, ""), 200, `{"member":{"user_id":"`+bob+
		`","username":"bob","role":"member","joined_at":"2026-02-19T12:00:00Z","is_online":false}}`)

	play(w, true, &roomv1.BanUserRequest{RoomId: raw(hall), UserId: raw(bob)}, &roomv1.BanUserResponse{})
	want(t, w.do("PUT", bans+"/"+bob, ""), 200, ok)
	play(w, true, &roomv1.UnbanUserRequest{RoomId: raw(hall), UserId: raw(bob)}, &roomv1.UnbanUserResponse{})
	want(t, w.do("DELETE", bans+"/"+bob, ""), 200, ok)
	play(w, true, &roomv1.ListBansRequest{RoomId: raw(hall)}, &roomv1.ListBansResponse{})
	want(t, w.do("GET", bans, ""), 200, `{"bans":[]}`)
	play(w, true, &roomv1.ListBansRequest{RoomId: raw(hall)}, &roomv1.ListBansResponse{
		Bans: []*roomv1.Ban{{UserId: raw(bob), ById: raw(ann), CreatedAt: noon}},
	})
	want(t, w.do("GET", bans, ""), 200, `{"bans":[{"user_id":"`+bob+`","username":"bob","banned_by":"`+ann+`","created_at":"2026-02-19T12:00:00Z"}]}`)

	play(w, true, &roomv1.SetBlockRequest{UserId: raw(bob), Blocked: true}, &roomv1.SetBlockResponse{})
	want(t, w.do("PUT", "/api/v1/users/me/blocks/"+bob, ""), 200, ok)
	play(w, true, &roomv1.SetBlockRequest{UserId: raw(bob)}, &roomv1.SetBlockResponse{})
	want(t, w.do("DELETE", "/api/v1/users/me/blocks/"+bob, ""), 200, ok)
	refused(t, w.do("PUT", "/api/v1/users/me/blocks/bob", ""), 404, "user_not_found")
}

func TestInvitations(t *testing.T) {
	w := newWorld(t)
	everybodyHasAName(w)
	const invitationJSON = `{"id":"` + invited + `","room_id":"` + hall + `","room_name":"hall","inviter_id":"` + ann +
		`","inviter_name":"ann","invitee_id":"` + bob + `","invitee_name":"bob","status":"pending","message":null,` +
		`"created_at":"2026-02-19T12:00:00Z","expires_at":"2026-02-26T12:00:00Z","responded_at":null}`
	i := &eventv1.Invitation{
		Id: raw(invited), RoomId: raw(hall), RoomName: "hall", InviterId: raw(ann), InviteeId: raw(bob),
		Status: eventv1.InvitationStatus_INVITATION_STATUS_PENDING, CreatedAt: noon, ExpiresAt: noon + week,
	}
	play(w, true, &roomv1.InviteRequest{RoomId: raw(hall), UserId: raw(bob)}, &roomv1.InviteResponse{Invitation: i})
	want(t, w.do("POST", "/api/v1/invitations", `{"room_id":"`+hall+`","user_id":"`+bob+`","message":"come"}`), 201,
		`{"invitation":`+invitationJSON+`}`)
	refused(t, w.do("POST", "/api/v1/invitations", `{"room_id":"hall","user_id":"`+bob+`"}`), 404, "room_not_found")
	refused(t, w.do("POST", "/api/v1/invitations", `{"room_id":"`+hall+`","user_id":"bob"}`), 404, "user_not_found")
	refused(t, w.do("POST", "/api/v1/invitations", `{"room_id":"`+hall+`"}`), 422, "validation_failed")

	play(w, true, &roomv1.ListInvitationsRequest{}, &roomv1.ListInvitationsResponse{})
	want(t, w.do("GET", "/api/v1/invitations", ""), 200, `{"invitations":[],"has_more":false}`)
	play(w, true, &roomv1.ListInvitationsRequest{}, &roomv1.ListInvitationsResponse{Invitations: []*eventv1.Invitation{i}})
	want(t, w.do("GET", "/api/v1/invitations", ""), 200, `{"invitations":[`+invitationJSON+`],"has_more":false}`)

	play(w, true, &roomv1.AcceptInvitationRequest{InvitationId: raw(invited)},
		&roomv1.AcceptInvitationResponse{Room: hallRoom(), Membership: hallOwner()})
	want(t, w.do("POST", "/api/v1/invitations/"+invited+"/accept", ""), 200, `{"room":`+hallJSON+`,"membership":`+memberJSON+`}`)
	play(w, true, &roomv1.DeclineInvitationRequest{InvitationId: raw(invited)}, &roomv1.DeclineInvitationResponse{})
	want(t, w.do("POST", "/api/v1/invitations/"+invited+"/decline", ""), 200, ok)
	play(w, true, &roomv1.CancelInvitationRequest{InvitationId: raw(invited)}, &roomv1.CancelInvitationResponse{})
	want(t, w.do("DELETE", "/api/v1/invitations/"+invited, ""), 200, ok)
	for _, route := range [][2]string{{"POST", "/accept"}, {"POST", "/decline"}, {"DELETE", ""}} {
		refused(t, w.do(route[0], "/api/v1/invitations/mine"+route[1], ""), 404, "invitation_not_found")
	}
}
