package httpapi_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/rpc"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	messagev1 "github.com/lair-chat/lair/proto/message/v1"
	presencev1 "github.com/lair-chat/lair/proto/presence/v1"
	roomv1 "github.com/lair-chat/lair/proto/room/v1"
	"github.com/lair-chat/lair/services/gateway/internal/authn"
	"github.com/lair-chat/lair/services/gateway/internal/backend/backendtest"
	"github.com/lair-chat/lair/services/gateway/internal/httpapi"
)

const (
	annJSON    = `{"id":"` + ann + `","username":"ann","email":"ann@example.com","role":"user","created_at":"2026-02-19T12:00:00Z","updated_at":"2026-02-19T12:00:00Z","last_seen_at":null}`
	bobJSON    = `{"id":"` + bob + `","username":"bob","email":"","role":"user","created_at":"2026-02-19T12:00:00Z","updated_at":"2026-02-19T12:00:00Z","last_seen_at":null}`
	hallJSON   = `{"id":"` + hall + `","name":"hall","owner":"` + ann + `","settings":{"description":null,"is_private":false,"max_members":null},"created_at":"2026-02-19T12:00:00Z"}`
	memberJSON = `{"room_id":"` + hall + `","user_id":"` + ann + `","role":"owner","joined_at":"2026-02-19T12:00:00Z"}`
	hiJSON     = `{"id":"` + one + `","author":"` + ann + `","target":{"type":"room","room_id":"` + hall + `"},"content":"hi","edited":false,"created_at":"2026-02-19T12:00:00Z","conversation":"` + hall + `","seq":7,"client_msg_id":"c1"}`
	ok         = `{"success":true}`
)

func annUser() *authv1.User {
	return &authv1.User{Id: raw(ann), Username: "ann", Email: "ann@example.com", Role: "user", CreatedAt: noon, UpdatedAt: noon}
}

func bobUser() *authv1.User {
	return &authv1.User{Id: raw(bob), Username: "bob", Role: "user", CreatedAt: noon, UpdatedAt: noon}
}

func hallRoom() *eventv1.Room {
	return &eventv1.Room{Id: raw(hall), Name: "hall", OwnerId: raw(ann), CreatedAt: noon}
}

func hallOwner() *roomv1.Member {
	return &roomv1.Member{RoomId: raw(hall), UserId: raw(ann), Role: eventv1.Role_ROLE_OWNER, JoinedAt: noon}
}

func session() *authv1.Session {
	return &authv1.Session{Id: raw(sess), UserId: raw(ann), CreatedAt: noon, ExpiresAt: noon + 86400_000000, UserAgent: "tui", Address: "::1"}
}

func hi() *eventv1.Message {
	return &eventv1.Message{
		Id: raw(one), ConversationId: raw(hall), Seq: 7, AuthorId: raw(ann), ClientMsgId: "c1",
		ContentType: "text/plain", Content: []byte("hi"), CreatedAt: noon,
	}
}

// play answers requests of the type Q, which have to be want and, if acting, of
// ann and her session.
func play[Q, R proto.Message](w *world, acting bool, want Q, res R) {
	backendtest.On(w.Services, func(ctx context.Context, got Q) (R, error) {
		if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
			w.t.Errorf("request (-want +got):\n%s", diff)
		}
		var a rpc.Actor
		if acting {
			a = rpc.Actor{User: id.User{UUID: parse(ann)}, Session: id.Session{UUID: parse(sess)}}
		}
		if got, _ := rpc.ActorFrom(ctx); got != a {
			w.t.Errorf("the actor is %v", got)
		}
		return res, nil
	})
}

func annIsOnline(w *world) {
	backendtest.On(w.Services, func(context.Context, *presencev1.OnlineRequest) (*presencev1.OnlineResponse, error) {
		return &presencev1.OnlineResponse{UserIds: [][]byte{raw(ann)}, Total: 1}, nil
	})
}

func TestHealthAndReadiness(t *testing.T) {
	w := newWorld(t)
	want(t, w.do("GET", "/health", "", "Authorization: "), 200, `{"status":"healthy","version":"1.2.3"}`)
	w.ready = httpapi.Readiness{
		Ready: true, Database: "connected", Redis: "memory", Auth: "connected", Room: "connected", Message: "connected", Presence: "disconnected",
	}
	const parts = `"database":"connected","redis":"memory","auth":"connected","room":"connected","message":"connected","presence":"disconnected"`
	want(t, w.do("GET", "/ready", "", "Authorization: "), 200, `{"ready":true,`+parts+`,"draining":false}`)
	w.ready.Ready, w.ready.Draining, w.ready.Reason = false, true, "it stops"
	rec := w.do("GET", "/ready", "")
	want(t, rec, 503, `{"ready":false,`+parts+`,"draining":true,"reason":"it stops"}`)
	if rec.Header().Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
}

func TestAccount(t *testing.T) {
	const sessionJSON = `{"user":` + annJSON + `,"session":{"id":"` + sess + `","expires_at":"2026-02-20T12:00:00+00:00"},"token":"a.b.c"}`
	w := newWorld(t)
	from := &authv1.Client{UserAgent: "tui", Address: "192.0.2.1"} // as httptest has it
	play(w, false, &authv1.RegisterRequest{Username: "ann", Email: "e", Password: "p", Client: from},
		&authv1.RegisterResponse{User: annUser(), Session: session(), Token: "a.b.c"})
	want(t, w.do("POST", "/api/v1/auth/register", `{"username":"ann","email":"e","password":"p","more":1}`,
		"Authorization: ", "User-Agent: tui"), 201, sessionJSON)
	play(w, false, &authv1.LoginRequest{Identifier: "ann", Password: "p", Client: from},
		&authv1.LoginResponse{User: annUser(), Session: session(), Token: "a.b.c"})
	rec := w.do("POST", "/api/v1/auth/login", `{"identifier":"ann","password":"p"}`,
		"Authorization: ", "User-Agent: t\x00u\xffi", "Content-Type: application/vnd.lair+json; charset=utf-8")
	want(t, rec, 200, sessionJSON)
	if rec.Header().Get("Cache-Control") != "no-store" {
		t.Error("a token may be stored in caches")
	}
	play(w, true, &authv1.RefreshRequest{}, &authv1.RefreshResponse{Session: session(), Token: "d.e.f"})
	want(t, w.do("POST", "/api/v1/auth/refresh", ""), 200, `{"token":"d.e.f","expires_at":"2026-02-20T12:00:00+00:00"}`)
	play(w, true, &authv1.LogoutRequest{}, &authv1.LogoutResponse{})
	want(t, w.do("POST", "/api/v1/auth/logout", ""), 200, ok)
	play(w, true, &authv1.ChangePasswordRequest{CurrentPassword: "p", NewPassword: "q"}, &authv1.ChangePasswordResponse{})
	want(t, w.do("POST", "/api/v1/auth/change-password", `{"current_password":"p","new_password":"q"}`), 200, ok)
	play(w, true, &authv1.CheckSessionRequest{}, &authv1.CheckSessionResponse{User: annUser(), Session: session()})
	want(t, w.do("GET", "/api/v1/users/me", ""), 200, `{"user":`+annJSON+`}`)
}

func TestSessions(t *testing.T) {
	w := newWorld(t)
	other := session()
	other.Id = raw(one)
	play(w, true, &authv1.ListSessionsRequest{}, &authv1.ListSessionsResponse{Sessions: []*authv1.Session{other, session()}})
	const rest = `"created_at":"2026-02-19T12:00:00Z","expires_at":"2026-02-20T12:00:00+00:00","user_agent":"tui","address":"::1"`
	want(t, w.do("GET", "/api/v1/sessions", ""), 200,
		`{"sessions":[{"id":"`+one+`",`+rest+`,"current":false},{"id":"`+sess+`",`+rest+`,"current":true}]}`)
	play(w, true, &authv1.RevokeSessionRequest{SessionId: raw(one)}, &authv1.RevokeSessionResponse{})
	want(t, w.do("DELETE", "/api/v1/sessions/"+one, ""), 200, ok)
	refused(t, w.do("DELETE", "/api/v1/sessions/mine", ""), 404, "session_not_found")
}

func TestUsers(t *testing.T) {
	w := newWorld(t)
	annIsOnline(w)
	play(w, true, &authv1.ListUsersRequest{Limit: 50}, &authv1.ListUsersResponse{Users: []*authv1.User{annUser(), bobUser()}, Total: 2})
	want(t, w.do("GET", "/api/v1/users", ""), 200,
		`{"users":[{"user":`+annJSON+`,"online":true},{"user":`+bobJSON+`,"online":false}],"has_more":false,"total_count":2}`)
	play(w, true, &authv1.ListUsersRequest{Search: "b", Limit: 100, Offset: 1, UserIds: [][]byte{raw(ann)}},
		&authv1.ListUsersResponse{Users: []*authv1.User{bobUser()}, Total: 3})
	want(t, w.do("GET", "/api/v1/users?search=b&online_only=true&limit=500&offset=1&else=%00", ""), 200,
		`{"users":[{"user":`+bobJSON+`,"online":false}],"has_more":true,"total_count":3}`)
	play(w, true, &authv1.ListUsersRequest{Limit: 1}, &authv1.ListUsersResponse{Users: []*authv1.User{annUser()}, Total: 2})
	want(t, w.do("GET", "/api/v1/users?limit=0", ""), 200, `{"users":[],"has_more":true,"total_count":2}`)
	play(w, true, &authv1.GetUsersRequest{UserIds: [][]byte{raw(ann)}}, &authv1.GetUsersResponse{Users: []*authv1.User{annUser()}})
	want(t, w.do("GET", "/api/v1/users/{"+ann+"}", ""), 200, `{"user":`+annJSON+`,"online":true}`)
	play(w, true, &authv1.GetUsersRequest{UserIds: [][]byte{raw(bob)}}, &authv1.GetUsersResponse{})
	refused(t, w.do("GET", "/api/v1/users/"+bob, ""), 404, "user_not_found")
	refused(t, w.do("GET", "/api/v1/users/bob", ""), 404, "user_not_found")
}

func TestNobodyIsOnlineWithoutPresence(t *testing.T) {
	w := newWorld(t)
	backendtest.Fail[*presencev1.OnlineRequest](w.Services, fault.New(fault.Unavailable, "unavailable", "away"))
	play(w, true, &authv1.ListUsersRequest{Limit: 50}, &authv1.ListUsersResponse{Users: []*authv1.User{annUser()}, Total: 1})
	want(t, w.do("GET", "/api/v1/users", ""), 200, `{"users":[{"user":`+annJSON+`,"online":false}],"has_more":false,"total_count":1}`)
	refused(t, w.do("GET", "/api/v1/users?online_only=true", ""), 503, "unavailable")
	backendtest.On(w.Services, func(context.Context, *presencev1.OnlineRequest) (*presencev1.OnlineResponse, error) {
		return &presencev1.OnlineResponse{}, nil
	})
	want(t, w.do("GET", "/api/v1/users?online_only=true", ""), 200, `{"users":[],"has_more":false,"total_count":0}`)
}

func TestRooms(t *testing.T) {
	w := newWorld(t)
	play(w, true, &roomv1.CreateRoomRequest{Name: "hall"}, &roomv1.CreateRoomResponse{Room: hallRoom()})
	want(t, w.do("POST", "/api/v1/rooms", `{"name":"hall"}`), 201, `{"room":`+hallJSON+`}`)
	want(t, w.do("POST", "/api/v1/rooms", `{"name":"hall","settings":{"public":true,"max_members":null,"moderated":false}}`), 201, `{"room":`+hallJSON+`}`)
	play(w, true, &roomv1.CreateRoomRequest{Name: "x", Description: new(""), IsPrivate: true, MaxMembers: 7, Moderated: true}, &roomv1.CreateRoomResponse{Room: hallRoom()})
	want(t, w.do("POST", "/api/v1/rooms", `{"name":"x","description":"","settings":{"public":false,"max_members":7,"moderated":true}}`), 201, `{"room":`+hallJSON+`}`)

	play(w, true, &roomv1.ListRoomsRequest{Limit: 50}, &roomv1.ListRoomsResponse{})
	want(t, w.do("GET", "/api/v1/rooms", ""), 200, `{"rooms":[],"has_more":false,"total_count":0}`)
	item := &roomv1.RoomItem{Room: hallRoom(), MemberCount: 3, IsMember: true}
	play(w, true, &roomv1.ListRoomsRequest{Search: "h", JoinedOnly: true, PublicOnly: true, Limit: 1, Offset: 2},
		&roomv1.ListRoomsResponse{Rooms: []*roomv1.RoomItem{item}, Total: 3})
	want(t, w.do("GET", "/api/v1/rooms?search=h&joined_only=true&public_only=true&limit=1&offset=2", ""), 200,
		`{"rooms":[{"room":`+hallJSON+`,"member_count":3,"is_member":true}],"has_more":false,"total_count":3}`)

	play(w, true, &roomv1.GetRoomRequest{RoomId: raw(hall)}, &roomv1.GetRoomResponse{Room: hallRoom(), MemberCount: 1})
	want(t, w.do("GET", "/api/v1/rooms/"+hall, ""), 200, `{"room":`+hallJSON+`,"membership":null,"member_count":1}`)
	play(w, true, &roomv1.GetRoomRequest{RoomId: raw(hall)}, &roomv1.GetRoomResponse{Room: hallRoom(), Membership: hallOwner(), MemberCount: 1})
	want(t, w.do("GET", "/api/v1/rooms/"+hall, ""), 200, `{"room":`+hallJSON+`,"membership":`+memberJSON+`,"member_count":1}`)
	play(w, true, &roomv1.JoinRoomRequest{RoomId: raw(hall)}, &roomv1.JoinRoomResponse{Room: hallRoom(), Membership: hallOwner()})
	want(t, w.do("POST", "/api/v1/rooms/"+hall+"/join", ""), 200, `{"room":`+hallJSON+`,"membership":`+memberJSON+`}`)
	play(w, true, &roomv1.LeaveRoomRequest{RoomId: raw(hall)}, &roomv1.LeaveRoomResponse{})
	want(t, w.do("POST", "/api/v1/rooms/"+hall+"/leave", ""), 200, ok)
	for _, target := range []string{"GET /api/v1/rooms/x", "POST /api/v1/rooms/x/join", "POST /api/v1/rooms/x/leave", "GET /api/v1/rooms/x/members"} {
		method, path, _ := cut(target)
		refused(t, w.do(method, path, ""), 404, "room_not_found")
	}
}

func TestMembersHaveNames(t *testing.T) {
	w := newWorld(t)
	annIsOnline(w)
	ghost := &roomv1.Member{RoomId: raw(hall), UserId: raw(bob), Role: eventv1.Role_ROLE_MEMBER, JoinedAt: noon}
	play(w, true, &roomv1.ListMembersRequest{RoomId: raw(hall)}, &roomv1.ListMembersResponse{Members: []*roomv1.Member{hallOwner(), ghost}})
	backendtest.On(w.Services, func(context.Context, *authv1.GetUsersRequest) (*authv1.GetUsersResponse, error) {
		return &authv1.GetUsersResponse{Users: []*authv1.User{annUser()}}, nil
	})
	want(t, w.do("GET", "/api/v1/rooms/"+hall+"/members", ""), 200,
		`{"members":[{"user_id":"`+ann+`","username":"ann","role":"owner","joined_at":"2026-02-19T12:00:00Z","is_online":true},`+
			`{"user_id":"`+bob+`","username":"deleted","role":"member","joined_at":"2026-02-19T12:00:00Z","is_online":false}],"total":2}`)
}

func TestSend(t *testing.T) {
	w := newWorld(t)
	var got httpapi.Draft
	w.send = func(_ context.Context, who authn.Identity, d httpapi.Draft) (clientv1.Message, error) {
		if who.Username != "ann" {
			t.Errorf("%+v sends", who)
		}
		got = d
		return clientv1.Message{
			ID: id.Message{UUID: parse(one)}, Author: who.User, Target: clientv1.ToRoom(d.Room), Content: d.Content,
			CreatedAt: clientv1.Micros(noon), Conversation: d.Room.Conversation(), Seq: 7, ClientMsgID: "c1",
		}, nil
	}
	want(t, w.do("POST", "/api/v1/messages", `{"target":{"type":"room","room_id":"`+hall+`"},"content":"hi","client_msg_id":"c1"}`), 201,
		`{"message":`+hiJSON+`}`)
	if wanted := (httpapi.Draft{Room: id.Room{UUID: parse(hall)}, Content: "hi", ClientMsgID: "c1"}); got != wanted {
		t.Errorf("draft %+v, want %+v", got, wanted)
	}
	for _, kind := range []string{"direct_message", "dm"} {
		w.do("POST", "/api/v1/messages", `{"target":{"type":"`+kind+`","recipient":"`+bob+`"},"content":"hi"}`)
		if got.Recipient.UUID != parse(bob) || !got.Room.IsZero() {
			t.Errorf("%s: draft %+v", kind, got)
		}
		if _, err := id.Parse(got.ClientMsgID); err != nil {
			t.Errorf("the gateway made the client id %q", got.ClientMsgID)
		}
	}
}

func TestMessages(t *testing.T) {
	w := newWorld(t)
	toHall := &messagev1.Target{To: &messagev1.Target_RoomId{RoomId: raw(hall)}}
	req := &messagev1.ListMessagesRequest{Target: toHall, Limit: 50}
	play(w, true, req, &messagev1.ListMessagesResponse{Messages: []*eventv1.Message{hi()}, HasMore: true})
	want(t, w.do("GET", "/api/v1/messages?target_type=room&target_id="+hall, ""), 200, `{"messages":[`+hiJSON+`],"has_more":true}`)

	for query, bound := range map[string]*messagev1.ListMessagesRequest{
		"before_seq=9":                        {Bound: &messagev1.ListMessagesRequest_BeforeSeq{BeforeSeq: 9}},
		"before_seq=0":                        {Bound: &messagev1.ListMessagesRequest_BeforeSeq{BeforeSeq: 1}},
		"after_seq=9":                         {Bound: &messagev1.ListMessagesRequest_AfterSeq{AfterSeq: 9}},
		"after_seq=0":                         {Bound: &messagev1.ListMessagesRequest_AfterTime{AfterTime: 1}},
		"before=2026-02-19T12:00:00.000001Z":  {Bound: &messagev1.ListMessagesRequest_BeforeTime{BeforeTime: noon + 1}},
		"after=2026-02-19T13:00:00%2B01:00":   {Bound: &messagev1.ListMessagesRequest_AfterTime{AfterTime: noon}},
		"after=2026-02-19T13:00:00+01:00&x=1": {Bound: &messagev1.ListMessagesRequest_AfterTime{AfterTime: noon}},
	} {
		bound.Target, bound.Limit = toHall, 100
		play(w, true, bound, &messagev1.ListMessagesResponse{})
		want(t, w.do("GET", "/api/v1/messages?target_type=room&limit=101&target_id="+hall+"&"+query, ""), 200, `{"messages":[],"has_more":false}`)
	}

	toBob := &messagev1.Target{To: &messagev1.Target_UserId{UserId: raw(bob)}}
	play(w, true, &messagev1.ListMessagesRequest{Target: toBob, Limit: 1}, &messagev1.ListMessagesResponse{Messages: []*eventv1.Message{hi()}})
	for _, kind := range []string{"direct_message", "dm"} {
		want(t, w.do("GET", "/api/v1/messages?limit=0&target_type="+kind+"&target_id="+bob, ""), 200, `{"messages":[],"has_more":true}`)
	}
}

func TestSync(t *testing.T) {
	w := newWorld(t)
	var got clientv1.SyncBody
	w.sync = func(_ context.Context, who authn.Identity, b clientv1.SyncBody) (clientv1.SyncResult, error) {
		if who.User.UUID != parse(ann) {
			t.Errorf("%+v syncs", who)
		}
		got = b
		return clientv1.SyncResult{UserSeq: 4}, nil
	}
	const empty = `{"conversations":[],"events":[],"positions":{},"user_seq":4,"has_more":false}`
	want(t, w.do("POST", "/api/v1/sync", ""), 200, empty)
	want(t, w.do("POST", "/api/v1/sync", `{"positions":{"`+hall+`":3},"user_seq":2,"limit":10}`), 200, empty)
	wanted := clientv1.SyncBody{
		Positions: map[id.Conversation]int64{{UUID: parse(hall)}: 3}, UserSeq: new(int64(2)), Limit: new(10),
	}
	if diff := cmp.Diff(wanted, got); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
	refused(t, w.do("POST", "/api/v1/sync", `{"positions":{"no id":3}}`), 422, "validation_failed")
}
