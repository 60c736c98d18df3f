package backend_test

import (
	"context"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	presencev1 "github.com/lair-chat/lair/proto/presence/v1"
	roomv1 "github.com/lair-chat/lair/proto/room/v1"
	"github.com/lair-chat/lair/services/gateway/internal/backend"
	"github.com/lair-chat/lair/services/gateway/internal/backend/backendtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestLargeRoomIsListedInOnePiece(t *testing.T) {
	const n = 10_001
	s := backendtest.New(t)
	list := &roomv1.ListMembersResponse{}
	for range n {
		list.Members = append(list.Members, &roomv1.Member{UserId: id.New().Bytes()})
	}
	backendtest.On(s, func(context.Context, *roomv1.ListMembersRequest) (*roomv1.ListMembersResponse, error) {
		return list, nil
	})
	backendtest.On(s, func(_ context.Context, req *authv1.GetUsersRequest) (*authv1.GetUsersResponse, error) {
		res := &authv1.GetUsersResponse{}
		for _, u := range req.GetUserIds() {
			res.Users = append(res.Users, &authv1.User{Id: u, Username: "somebody"})
		}
		return res, nil
	})
	backendtest.On(s, func(_ context.Context, req *presencev1.OnlineRequest) (*presencev1.OnlineResponse, error) {
		if len(req.GetUserIds()) > 10_000 {
			return nil, fault.New(fault.Invalid, "validation_failed", "too many")
		}
		return &presencev1.OnlineResponse{UserIds: req.GetUserIds()}, nil
	})
	body, err := s.ListMembers(t.Context(), id.Room{UUID: id.New()}, backend.Page{})
	if err != nil || body.Total != n || len(body.Members) != n {
		t.Fatalf("got %d of %d members, %v", len(body.Members), body.Total, err)
	}
	for _, m := range body.Members {
		if m.Username != "somebody" || !m.IsOnline {
			t.Fatalf("got %+v", m)
		}
	}
}

func TestMembersNeedNames(t *testing.T) {
	s := backendtest.New(t)
	backendtest.On(s, func(context.Context, *roomv1.ListMembersRequest) (*roomv1.ListMembersResponse, error) {
		return &roomv1.ListMembersResponse{Members: []*roomv1.Member{{UserId: id.New().Bytes()}}}, nil
	})
	backendtest.Fail[*authv1.GetUsersRequest](s, fault.New(fault.Unavailable, "unavailable", "auth is away"))
	if _, err := s.ListMembers(t.Context(), id.Room{UUID: id.New()}, backend.Page{}); fault.CodeOf(err) != "unavailable" {
		t.Errorf("the error is %v", err)
	}
}

func TestOnlineNamesEverybodyWhoIs(t *testing.T) {
	s := backendtest.New(t)
	u := id.User{UUID: id.New()}
	backendtest.On(s, func(_ context.Context, req *presencev1.OnlineRequest) (*presencev1.OnlineResponse, error) {
		if len(req.GetUserIds()) != 0 || req.GetLimit() != 10_000 {
			t.Errorf("asked for %d users, limit %d", len(req.GetUserIds()), req.GetLimit())
		}
		return &presencev1.OnlineResponse{UserIds: [][]byte{u.Bytes()}, Total: 1}, nil
	})
	got, err := s.Online(t.Context())
	if err != nil || len(got) != 1 || got[0] != u {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestWhatClientsCallThemselvesIsMadeFit(t *testing.T) {
	s := backendtest.New(t)
	for sent, want := range map[string]string{
		"curl/8":                            "curl/8",
		"a\x00b\xffc":                       "abc",
		strings.Repeat("x", 300):            strings.Repeat("x", 256),
		"y" + strings.Repeat("\u00e9", 200): "y" + strings.Repeat("\u00e9", 127),
	} {
		backendtest.On(s, func(_ context.Context, req *authv1.LoginRequest) (*authv1.LoginResponse, error) {
			if got := req.GetClient().GetUserAgent(); got != want {
				t.Errorf("%q became %q", sent, got)
			}
			return &authv1.LoginResponse{}, nil
		})
		if _, err := s.Login(t.Context(), "ann", "secret", backend.Client{UserAgent: sent}); err != nil {
			t.Error(err)
		}
	}
}
