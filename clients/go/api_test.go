package lair_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	lair "github.com/lair-chat/lair/clients/go"
	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// stub answers every request in the same way and remembers the last.
type stub struct {
	status       int
	answer       string
	method, uri  string
	token, body  string
	contentTypes []string
}

func (s *stub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.method, s.uri, s.body = r.Method, r.RequestURI, string(body)
	s.token, s.contentTypes = r.Header.Get("Authorization"), r.Header.Values("Content-Type")
	w.WriteHeader(s.status)
	_, _ = io.WriteString(w, s.answer)
}

func stubbed(t *testing.T) (*stub, *lair.API) {
	t.Helper()
	s := &stub{status: http.StatusOK, answer: `{}`}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	api, err := lair.New(server.URL+"/", lair.APIOptions{Token: "tok", HTTP: server.Client()})
	must(t, err)
	return s, api
}

func TestRequests(t *testing.T) {
	room := id.Room{UUID: id.UUID{15: 3}}
	user := id.User{UUID: id.UUID{15: 5}}
	s, api := stubbed(t)
	for _, test := range []struct {
		call func(context.Context) error
		want string // method, path and query, body
	}{
		{func(ctx context.Context) error { _, err := api.Me(ctx); return err }, "GET /api/v1/users/me "},
		{func(ctx context.Context) error { _, err := api.Users(ctx, 10, 20); return err }, "GET /api/v1/users?limit=10&offset=20 "},
		{
			func(ctx context.Context) error {
				_, err := api.CreateRoom(ctx, lair.NewRoom{Name: "den", Description: "d", Private: true, MaxMembers: 9})
				return err
			},
			`POST /api/v1/rooms {"name":"den","description":"d","settings":{"public":false,"max_members":9}}`,
		},
		{
			func(ctx context.Context) error { _, err := api.CreateRoom(ctx, lair.NewRoom{Name: "den"}); return err },
			`POST /api/v1/rooms {"name":"den","description":null,"settings":null}`,
		},
		{
			func(ctx context.Context) error {
				_, err := api.Rooms(ctx, lair.RoomsQuery{Search: "a b", JoinedOnly: true, Limit: 2})
				return err
			},
			"GET /api/v1/rooms?joined_only=true&limit=2&search=a+b ",
		},
		{func(ctx context.Context) error { _, err := api.Room(ctx, room); return err }, "GET /api/v1/rooms/" + room.String() + " "},
		{func(ctx context.Context) error { _, err := api.JoinRoom(ctx, room); return err }, "POST /api/v1/rooms/" + room.String() + "/join "},
		{func(ctx context.Context) error { return api.LeaveRoom(ctx, room) }, "POST /api/v1/rooms/" + room.String() + "/leave "},
		{func(ctx context.Context) error { _, err := api.Members(ctx, room); return err }, "GET /api/v1/rooms/" + room.String() + "/members "},
		{
			func(ctx context.Context) error {
				_, err := api.Send(ctx, lair.Draft{Target: clientv1.ToUser(user), Content: "hi", ClientMsgID: "x"})
				return err
			},
			`POST /api/v1/messages {"target":{"type":"direct_message","recipient":"` + user.String() + `"},"content":"hi","client_msg_id":"x"}`,
		},
		{
			func(ctx context.Context) error {
				_, err := api.Messages(ctx, lair.MessagesQuery{Target: clientv1.ToUser(user), Limit: 5, BeforeSeq: 7})
				return err
			},
			"GET /api/v1/messages?before_seq=7&limit=5&target_id=" + user.String() + "&target_type=direct_message ",
		},
		{
			func(ctx context.Context) error {
				_, err := api.Messages(ctx, lair.MessagesQuery{Target: clientv1.ToRoom(room), AfterSeq: new(int64(0))})
				return err
			},
			"GET /api/v1/messages?after_seq=0&target_id=" + room.String() + "&target_type=room ",
		},
		{func(ctx context.Context) error { _, err := api.Refresh(ctx); return err }, "POST /api/v1/auth/refresh "},
	} {
		must(t, test.call(t.Context()))
		if got := s.method + " " + s.uri + " " + s.body; got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
		if typed := len(s.contentTypes) == 1; typed != (s.body != "") {
			t.Errorf("%s: content types %v", test.want, s.contentTypes)
		}
	}
}

func TestTokenIsKept(t *testing.T) {
	s, api := stubbed(t)
	ctx := t.Context()
	for _, step := range []struct {
		call   func() error
		answer string
		want   string
	}{
		{func() error { _, err := api.Register(ctx, "ann", "ann@example.com", "secret"); return err }, `{"token":"one"}`, "one"},
		{func() error { _, err := api.Refresh(ctx); return err }, `{"token":"two"}`, "two"},
		{func() error { _, err := api.Login(ctx, "ann", "secret"); return err }, `{"token":"three"}`, "three"},
		{func() error { return api.Logout(ctx) }, `{"success":true}`, ""},
	} {
		s.answer = step.answer
		must(t, step.call())
		if api.Token() != step.want {
			t.Errorf("token %q, want %q", api.Token(), step.want)
		}
	}
	if s.token != "Bearer three" {
		t.Errorf("logged out with %q", s.token)
	}
}

func TestErrorsHaveCodes(t *testing.T) {
	s, api := stubbed(t)
	for _, test := range []struct {
		status int
		answer string
		want   string
	}{
		{404, `{"error":{"code":"room_not_found","message":"no"}}`, "room_not_found"},
		{503, "<html>no backend</html>", "unavailable"},
		{502, "", "unavailable"},
		{500, "{}", "internal_error"},
		{429, "slow down", "rate_limited"},
		{422, "bad field", "validation_failed"},
		{404, "", "not_found"},
		{401, "", "invalid_token"},
		{403, "", "permission_denied"},
	} {
		s.status, s.answer = test.status, test.answer
		_, err := api.Me(t.Context())
		if lair.Code(err) != test.want {
			t.Errorf("%d %q: got %v", test.status, test.answer, err)
		}
		if _, ok := errors.AsType[*clientv1.Error](err); !ok {
			t.Errorf("%v is no *clientv1.Error", err)
		}
	}
	if lair.Code(nil) != "" || lair.Code(io.EOF) != "" {
		t.Error("a code out of nowhere")
	}
}

func TestAnswersAreBounded(t *testing.T) {
	s, api := stubbed(t)
	s.answer = `"` + strings.Repeat("x", 17<<20) + `"`
	if _, err := api.Me(t.Context()); err == nil || lair.Code(err) != "" || len(err.Error()) > 200 {
		t.Errorf("got %.200v", err)
	}
}

func TestRequestsTimeOut(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	t.Cleanup(server.Close)
	api, err := lair.New(server.URL, lair.APIOptions{Timeout: time.Millisecond, HTTP: server.Client()})
	must(t, err)
	if _, err := api.Me(t.Context()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	for _, address := range []string{"", "host", "ftp://host", "http://", "http://a b"} {
		if _, err := lair.New(address, lair.APIOptions{}); err == nil {
			t.Errorf("an API at %q", address)
		}
	}
}

func TestSync(t *testing.T) {
	s, api := stubbed(t)
	hall := id.Conversation{UUID: id.UUID{15: 1}}
	s.answer = fmt.Sprintf(`{"conversations":[{"conversation":"%[1]s","kind":"room","seq":4}],
		"events":[{"type":"message_received","conversation":"%[1]s","seq":4,"message":{"content":"hi"}}],
		"positions":{"%[1]s":4},"user_seq":2,"has_more":true}`, hall)
	got, err := api.Sync(t.Context(), lair.Positions{Conversations: map[id.Conversation]int64{hall: 3}, UserSeq: new(int64(2))}, 1)
	must(t, err)
	var asked clientv1.SyncBody
	must(t, json.Unmarshal([]byte(s.body), &asked))
	if asked.Positions[hall] != 3 || *asked.UserSeq != 2 || *asked.Limit != 1 {
		t.Errorf("asked %s", s.body)
	}
	if !got.HasMore || got.UserReset || got.Conversations[0].Seq != 4 || *got.Positions.UserSeq != 2 || got.Positions.Conversations[hall] != 4 {
		t.Errorf("got %+v", got)
	}
	v, err := got.Events[0].Decode()
	must(t, err)
	if m := v.(*clientv1.MessageReceived); m.Message.Content != "hi" || got.Events[0].Seq != 4 {
		t.Errorf("got %s", got.Events[0].Raw)
	}
}
