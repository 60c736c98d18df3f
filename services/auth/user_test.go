package auth_test

import (
	"context"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/lair-chat/lair/pkg/config"
	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	"github.com/lair-chat/lair/services/auth"
)

// wantAddresses asks for all users in both ways and expects these addresses.
func (w *world) wantAddresses(ctx context.Context, all []person, want map[string]string) {
	w.t.Helper()
	req := &authv1.GetUsersRequest{UserIds: [][]byte{id.New().Bytes()}}
	for _, p := range all {
		req.UserIds = append(req.UserIds, p.user.GetId())
	}
	got, err := w.GetUsers(ctx, req)
	must(w.t, err)
	list, err := w.ListUsers(ctx, &authv1.ListUsersRequest{Limit: 1000})
	must(w.t, err)
	for _, users := range [][]*authv1.User{got.GetUsers(), list.GetUsers()} {
		addresses := map[string]string{}
		for _, u := range users {
			addresses[u.GetUsername()] = u.GetEmail()
		}
		if !maps.Equal(addresses, want) {
			w.t.Errorf("got %v, want %v", addresses, want)
		}
	}
}

func TestOnlyOneselfAndAdministratorsSeeAddresses(t *testing.T) {
	w := setup(t)
	ann, bob := w.register("ann"), w.register("bob")
	both := []person{ann, bob}
	w.wantAddresses(ann, both, map[string]string{"ann": "ann@example.com", "bob": ""})
	w.wantAddresses(bob, both, map[string]string{"ann": "", "bob": "bob@example.com"})
	w.wantAddresses(t.Context(), both, map[string]string{"ann": "", "bob": ""})
	if _, err := auth.Promote(t.Context(), w.store, "BOB"); err != nil {
		t.Fatal(err)
	}
	// At once, whatever the token says.
	w.wantAddresses(bob, both, map[string]string{"ann": "ann@example.com", "bob": "bob@example.com"})
	w.wantAddresses(ann, both, map[string]string{"ann": "ann@example.com", "bob": ""})
}

func TestUsersAreListedInPages(t *testing.T) {
	w := setup(t)
	people := map[string]person{}
	for _, name := range []string{"Joanne", "bob", "ann"} {
		people[name] = w.register(name)
	}
	for _, test := range []struct {
		req   *authv1.ListUsersRequest
		want  string
		total uint32
	}{
		{&authv1.ListUsersRequest{Limit: 2}, "ann bob", 3},
		{&authv1.ListUsersRequest{Limit: 2, Offset: 2}, "Joanne", 3},
		{&authv1.ListUsersRequest{Limit: 2, Offset: 1<<32 - 1}, "", 3},
		{&authv1.ListUsersRequest{Limit: 2, Search: "ANN"}, "ann Joanne", 2},
		{&authv1.ListUsersRequest{Limit: 2, UserIds: [][]byte{people["bob"].user.GetId(), id.New().Bytes()}}, "bob", 1},
	} {
		res, err := w.ListUsers(t.Context(), test.req)
		must(t, err)
		var names []string
		for _, u := range res.GetUsers() {
			names = append(names, u.GetUsername())
		}
		if got := strings.Join(names, " "); got != test.want || res.GetTotal() != test.total {
			t.Errorf("%v: got %s of %d", test.req, got, res.GetTotal())
		}
	}
}

func TestBadQuestionsAboutUsersAreRefused(t *testing.T) {
	w := setup(t)
	many := make([][]byte, 10_001)
	for i := range many {
		many[i] = id.New().Bytes()
	}
	for _, req := range []*authv1.ListUsersRequest{
		{}, {Limit: 1001}, {Limit: 1<<32 - 1}, {Limit: 1, Search: "a\x00"}, {Limit: 1, UserIds: many}, {Limit: 1, UserIds: [][]byte{{1}}},
	} {
		_, err := w.ListUsers(t.Context(), req)
		want(t, err, fault.Invalid, "validation_failed")
	}
	for _, ids := range [][][]byte{many, {{1}}, {nil}} {
		_, err := w.GetUsers(t.Context(), &authv1.GetUsersRequest{UserIds: ids})
		want(t, err, fault.Invalid, "validation_failed")
	}
	res, err := w.GetUsers(t.Context(), &authv1.GetUsersRequest{UserIds: many[1:]})
	if err != nil || len(res.GetUsers()) != 0 {
		t.Errorf("got %v, %v", res, err)
	}
}

func TestAdministratorIsMadeWithoutTheService(t *testing.T) {
	w := setup(t)
	made, err := auth.CreateAdmin(t.Context(), w.store, "root", "root@example.com", "password")
	must(t, err)
	root := w.logIn("root", "password")
	if string(root.user.GetId()) != string(made.Bytes()) || root.user.GetRole() != "admin" {
		t.Errorf("got %v", root.user)
	}
	_, err = auth.CreateAdmin(t.Context(), w.store, "ROOT", "other@example.com", "password")
	want(t, err, fault.Conflict, "username_taken")
	_, err = auth.Promote(t.Context(), w.store, "nobody")
	want(t, err, fault.NotFound, "user_not_found")
}

func TestServiceDoesNotStartWithABadSecret(t *testing.T) {
	w := setup(t)
	for _, bad := range []config.Secret{"", "short", config.Secret(strings.Repeat("x", 32))} {
		_, err := auth.New(t.Context(), auth.Needs{Config: auth.Config{Secret: bad}, Store: w.store, Now: time.Now})
		if err == nil || !strings.Contains(err.Error(), "LAIR_JWT_SECRET") {
			t.Errorf("%d bytes: got %v", len(bad), err)
		}
	}
}

func TestServiceRunsUntilItIsTold(t *testing.T) {
	w := setup(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- w.service.Run(ctx) }()
	w.register("ann")
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
