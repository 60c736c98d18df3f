package httpapi_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/lair-chat/lair/pkg/fault"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	messagev1 "github.com/lair-chat/lair/proto/message/v1"
	roomv1 "github.com/lair-chat/lair/proto/room/v1"
	"github.com/lair-chat/lair/services/gateway/internal/authn"
	"github.com/lair-chat/lair/services/gateway/internal/backend/backendtest"
	"github.com/lair-chat/lair/services/gateway/internal/httpapi"
)

func cut(route string) (method, path string, found bool) { return strings.Cut(route, " ") }

func TestRoutesThatNeedATokenRefuseOthers(t *testing.T) {
	w := newWorld(t)
	for _, route := range []string{
		"POST /api/v1/auth/logout", "POST /api/v1/auth/refresh", "POST /api/v1/auth/change-password",
		"GET /api/v1/sessions", "DELETE /api/v1/sessions/" + sess, "GET /api/v1/users/me", "GET /api/v1/users",
		"GET /api/v1/users/" + bob, "POST /api/v1/rooms", "GET /api/v1/rooms", "GET /api/v1/rooms/" + hall,
		"POST /api/v1/rooms/" + hall + "/join", "POST /api/v1/rooms/" + hall + "/leave",
		"GET /api/v1/rooms/" + hall + "/members", "POST /api/v1/messages", "GET /api/v1/messages", "POST /api/v1/sync",
		"PATCH /api/v1/rooms/" + hall, "DELETE /api/v1/rooms/" + hall, "POST /api/v1/rooms/" + hall + "/transfer",
		"PUT /api/v1/rooms/" + hall + "/members/" + bob + "/role", "DELETE /api/v1/rooms/" + hall + "/members/" + bob,
		"PUT /api/v1/rooms/" + hall + "/members/" + bob + "/mute", "DELETE /api/v1/rooms/" + hall + "/members/" + bob + "/mute",
		"GET /api/v1/rooms/" + hall + "/bans", "PUT /api/v1/rooms/" + hall + "/bans/" + bob,
		"DELETE /api/v1/rooms/" + hall + "/bans/" + bob, "POST /api/v1/invitations", "GET /api/v1/invitations",
		"POST /api/v1/invitations/" + one + "/accept", "POST /api/v1/invitations/" + one + "/decline",
		"DELETE /api/v1/invitations/" + one, "PUT /api/v1/users/me/blocks/" + bob, "DELETE /api/v1/users/me/blocks/" + bob,
	} {
		t.Run(route, func(t *testing.T) {
			method, path, _ := cut(route)
			for header, code := range map[string]string{
				"Authorization: ":           "missing_token",
				"Authorization: Bearer ä":   "missing_token",
				"Authorization: bearer ann": "invalid_format",
				"Authorization: Basic ann":  "invalid_format",
				"Authorization: Bearer  x":  "invalid_token",
				"Authorization: Bearer bob": "invalid_token",
			} {
				// The body is wrong too, but nobody without a token gets that far.
				rec := w.do(method, path, "{", header)
				refused(t, rec, 401, code)
				if !strings.HasPrefix(rec.Header().Get("WWW-Authenticate"), `Bearer realm="lair"`) {
					t.Errorf("challenge %q", rec.Header().Get("WWW-Authenticate"))
				}
			}
		})
	}
}

func TestTokenErrorsKeepTheirCodes(t *testing.T) {
	w := newWorld(t)
	for code, status := range map[string]int{
		"token_expired": 401, "invalid_claims": 401, "session_not_found": 401, "unavailable": 503,
	} {
		kind := fault.Unauthenticated
		if status == 503 {
			kind = fault.Unavailable
		}
		w.authn = func(context.Context, string) (authn.Identity, error) {
			return authn.Identity{}, fault.New(kind, code, "no")
		}
		rec := w.do("GET", "/api/v1/users", "")
		refused(t, rec, status, code)
		if (rec.Header().Get("Retry-After") != "") != (status == 503) {
			t.Errorf("%s: Retry-After is %q", code, rec.Header().Get("Retry-After"))
		}
	}
}

func TestFaultsOfServicesReachTheClient(t *testing.T) {
	w := newWorld(t)
	w.made = true
	for _, tt := range []struct {
		kind   fault.Kind
		code   string
		status int
	}{
		{fault.Invalid, "room_name_invalid", 400},
		{fault.Unauthenticated, "session_expired", 401},
		{fault.Denied, "permission_denied", 403},
		{fault.NotFound, "room_not_found", 404},
		{fault.Conflict, "room_name_taken", 409},
		{fault.Exhausted, "busy", 429},
		{fault.Internal, "database_error", 500},
		{fault.Unavailable, "unavailable", 503},
	} {
		backendtest.Fail[*roomv1.CreateRoomRequest](w.Services, fault.Wrap(errors.New("secret cause"), tt.kind, tt.code, "no"))
		rec := w.do("POST", "/api/v1/rooms", `{"name":"x"}`)
		refused(t, rec, tt.status, tt.code)
		if strings.Contains(rec.Body.String(), "secret") {
			t.Errorf("the cause leaked: %s", rec.Body)
		}
	}
	backendtest.Fail[*authv1.LoginRequest](w.Services, fault.New(fault.Unauthenticated, "invalid_credentials", "no"))
	refused(t, w.do("POST", "/api/v1/auth/login", `{"identifier":"a","password":"b"}`), 401, "invalid_credentials")
	w.send = func(context.Context, authn.Identity, httpapi.Draft) (m clientv1.Message, err error) {
		return m, fault.New(fault.Denied, "not_room_member", "you are not a member")
	}
	refused(t, w.do("POST", "/api/v1/messages", `{"target":{"type":"room","room_id":"`+hall+`"},"content":"x"}`), 403, "not_room_member")
	backendtest.Fail[*messagev1.ListMessagesRequest](w.Services, errors.New("dial 10.0.0.1"))
	rec := w.do("GET", "/api/v1/messages?target_type=room&target_id="+hall, "")
	want(t, rec, 500, `{"error":{"code":"internal_error","message":"internal error"},"request_id":"`+rec.Header().Get("X-Request-Id")+`"}`)
}

func TestBodiesThatAreNotAsTheyShouldBe(t *testing.T) {
	w := newWorld(t)
	for name, tt := range map[string]struct {
		path, body, contentType string
		status                  int
		code                    string
	}{
		"NoContentType":        {"rooms", `{"name":"x"}`, "", 415, "unsupported_media_type"},
		"Form":                 {"rooms", `name=x`, "application/x-www-form-urlencoded", 415, "unsupported_media_type"},
		"TextJSON":             {"rooms", `{"name":"x"}`, "text/json", 415, "unsupported_media_type"},
		"BadContentType":       {"rooms", `{"name":"x"}`, "application/json; =", 415, "unsupported_media_type"},
		"Empty":                {"rooms", ``, "application/json", 400, "invalid_json"},
		"Truncated":            {"rooms", `{"name":"x"`, "application/json", 400, "invalid_json"},
		"Trailing":             {"rooms", `{"name":"x"} 1`, "application/json", 400, "invalid_json"},
		"NotUTF8":              {"rooms", "{\"name\":\"\xff\"}", "application/json", 400, "invalid_json"},
		"RawNUL":               {"rooms", "{\"name\":\"\x00\"}", "application/json", 400, "invalid_json"},
		"TooDeep":              {"rooms", `{"x":` + strings.Repeat("[", 32) + strings.Repeat("]", 32) + `}`, "application/json", 400, "invalid_json"},
		"NUL":                  {"rooms", `{"name":"x\u0000"}`, "application/json", 400, "validation_failed"},
		"NULInKey":             {"rooms", `{"name":"x","\\\u0000":1}`, "application/json", 400, "validation_failed"},
		"WrongType":            {"rooms", `{"name":1}`, "application/json", 422, "validation_failed"},
		"List":                 {"rooms", `[]`, "application/json", 422, "validation_failed"},
		"Missing":              {"rooms", `{}`, "application/json", 422, "validation_failed"},
		"Null":                 {"rooms", `{"name":null}`, "application/json", 422, "validation_failed"},
		"NullBody":             {"rooms", `null`, "application/json", 422, "validation_failed"},
		"Negative":             {"rooms", `{"name":"x","settings":{"max_members":-1}}`, "application/json", 422, "validation_failed"},
		"TooLarge":             {"rooms", `{"name":"` + strings.Repeat("x", 2<<20) + `"}`, "application/json", 413, "payload_too_large"},
		"RegisterWithoutEmail": {"auth/register", `{"username":"x","password":"y"}`, "application/json", 422, "validation_failed"},
		"LoginWithoutPassword": {"auth/login", `{"identifier":"x"}`, "application/json", 422, "validation_failed"},
		"PasswordWithoutNew":   {"auth/change-password", `{"current_password":"x"}`, "application/json", 422, "validation_failed"},
		"NoTarget":             {"messages", `{"content":"x"}`, "application/json", 422, "validation_failed"},
		"NoContent":            {"messages", `{"target":{"type":"room","room_id":"` + hall + `"}}`, "application/json", 422, "validation_failed"},
		"UnknownTarget":        {"messages", `{"target":{"type":"moon"},"content":"x"}`, "application/json", 422, "validation_failed"},
		"RoomWithoutID":        {"messages", `{"target":{"type":"room"},"content":"x"}`, "application/json", 422, "validation_failed"},
		"PersonWithoutID":      {"messages", `{"target":{"type":"direct_message","room_id":"` + hall + `"},"content":"x"}`, "application/json", 422, "validation_failed"},
		"BadRoom":              {"messages", `{"target":{"type":"room","room_id":"x"},"content":"x"}`, "application/json", 404, "room_not_found"},
		"BadPerson":            {"messages", `{"target":{"type":"direct_message","recipient":"x"},"content":"x"}`, "application/json", 404, "user_not_found"},
		"NULInContent":         {"messages", `{"target":{"type":"room","room_id":"` + hall + `"},"content":"a\u0000"}`, "application/json", 400, "content_invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			refused(t, w.do("POST", "/api/v1/"+tt.path, tt.body, "Content-Type: "+tt.contentType), tt.status, tt.code)
		})
	}
}

func TestQueriesThatAreNotAsTheyShouldBe(t *testing.T) {
	w := newWorld(t)
	const room = "messages?target_type=room&target_id=" + hall
	for _, target := range []string{
		"users?limit=abc", "users?limit=-1", "users?limit=", "users?limit=5000000000", "users?offset=x", "users?limit=1&limit=2",
		"users?online_only=1", "users?search=%00", "users?search=%ff", "users?search=%zz", "rooms?joined_only=yes", "rooms?public_only=",
		"messages?target_id=" + hall, "messages?target_type=room", "messages?target_type=moon&target_id=" + hall,
		room + "&limit=x", room + "&before=yesterday", room + "&after=2026-02-19T12:00:00", room + "&before_seq=-1",
		room + "&after_seq=1.5", room + "&before_seq=1&after_seq=2", room + "&before=2026-02-19T12:00:00Z&after_seq=2",
		room + "&before=0001-01-01T00:00:00Z",
	} {
		t.Run(target, func(t *testing.T) {
			refused(t, w.do("GET", "/api/v1/"+target, ""), 400, "validation_failed")
		})
	}
	refused(t, w.do("GET", "/api/v1/messages?target_type=room&target_id=x", ""), 404, "room_not_found")
	refused(t, w.do("GET", "/api/v1/messages?target_type=dm&target_id=x", ""), 404, "user_not_found")
}

func TestUnknownRoutesAndMethodsAreRefusedLikeEverythingElse(t *testing.T) {
	w := newWorld(t)
	for _, target := range []string{
		"/", "/api/v1", "/api/v1/rooms/", "/api//v1/rooms", "/api/v1/../v1/rooms", "/docs/", "/metrics", "/api/v1/rooms/" + hall + "/join/now",
	} {
		refused(t, w.do("GET", target, ""), 404, "not_found")
	}
	for route, allow := range map[string]string{
		"PUT /api/v1/rooms": "GET, HEAD, POST", "GET /api/v1/auth/login": "POST", "POST /health": "GET, HEAD",
		"GET /api/v1/rooms/" + hall + "/join": "POST", "POST /ws": "GET, HEAD",
	} {
		method, path, _ := cut(route)
		rec := w.do(method, path, "")
		refused(t, rec, 405, "method_not_allowed")
		if rec.Header().Get("Allow") != allow {
			t.Errorf("%s allows %q, want %q", route, rec.Header().Get("Allow"), allow)
		}
	}
}

func TestPanicIsAnInternalError(t *testing.T) {
	w := newWorld(t)
	w.send = func(context.Context, authn.Identity, httpapi.Draft) (clientv1.Message, error) { panic("secret") }
	rec := w.do("POST", "/api/v1/messages", `{"target":{"type":"room","room_id":"`+hall+`"},"content":"x"}`)
	want(t, rec, 500, `{"error":{"code":"internal_error","message":"internal error"},"request_id":"`+rec.Header().Get("X-Request-Id")+`"}`)
	if log := w.log.String(); !strings.Contains(log, "level=ERROR") || !strings.Contains(log, "stack=") {
		t.Errorf("log: %s", log)
	}
}

func TestEndlessBodyIsRefusedOverTheNetwork(t *testing.T) {
	w := newWorld(t)
	srv := httptest.NewServer(w.api)
	defer srv.Close()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL+"/api/v1/auth/login", endless{})
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := srv.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusRequestEntityTooLarge || !res.Close {
		t.Errorf("status %d, closed %v", res.StatusCode, res.Close)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}
