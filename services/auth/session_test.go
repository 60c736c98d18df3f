package auth_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/lair-chat/lair/pkg/bus"
	"github.com/lair-chat/lair/pkg/bus/membus"
	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/rpc"
	"github.com/lair-chat/lair/pkg/token"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
)

// wantToken expects what a gateway reads in a token with the published keys.
func (w *world) wantToken(text string, p person, expires time.Time) {
	w.t.Helper()
	res, err := w.KeySet(w.t.Context(), &authv1.KeySetRequest{})
	must(w.t, err)
	keys := token.KeySet{}
	for _, k := range res.GetKeys() {
		keys[k.GetKid()] = k.GetPublicKey()
	}
	got, err := keys.Verify(text, w.now)
	must(w.t, err)
	want := token.Claims{
		User: id.User{UUID: id.UUID(p.user.GetId())}, Session: id.Session{UUID: id.UUID(p.session.GetId())},
		Username: p.user.GetUsername(), Role: p.user.GetRole(), IssuedAt: got.IssuedAt, ExpiresAt: got.ExpiresAt,
	}
	if got != want {
		w.t.Errorf("got %+v, want %+v", got, want)
	}
	if !got.IssuedAt.Equal(w.now.Truncate(time.Second)) || !got.ExpiresAt.Equal(expires.Truncate(time.Second)) {
		w.t.Errorf("in force from %v to %v, want %v to %v", got.IssuedAt, got.ExpiresAt, w.now, expires)
	}
}

func TestWhoRegistersGetsATokenAndSoDoesWhoLogsIn(t *testing.T) {
	w := setup(t)
	ann := w.register("Ann")
	now := start.UnixMicro()
	if want := (&authv1.User{
		Id: ann.user.GetId(), Username: "Ann", Email: "ann@example.com", Role: "user", CreatedAt: now, UpdatedAt: now,
	}); !proto.Equal(ann.user, want) {
		t.Errorf("got %v, want %v", ann.user, want)
	}
	if want := (&authv1.Session{
		Id: ann.session.GetId(), UserId: ann.user.GetId(), CreatedAt: now, ExpiresAt: start.Add(24 * time.Hour).UnixMicro(),
		UserAgent: "phone", Address: "192.0.2.1",
	}); !proto.Equal(ann.session, want) {
		t.Errorf("got %v, want %v", ann.session, want)
	}
	w.wantToken(ann.token, ann, start.Add(24*time.Hour))

	w.now = start.Add(time.Hour)
	again := w.logIn("ANN@EXAMPLE.com", "password")
	if !proto.Equal(again.user, ann.user) {
		t.Errorf("got %v, want %v", again.user, ann.user)
	}
	w.wantToken(again.token, again, w.now.Add(24*time.Hour))
}

func TestRefusalsKeepTheirCodes(t *testing.T) {
	w := setup(t)
	ann := w.register("ann")
	register := func(name, email, password string) error {
		_, err := w.Register(t.Context(), &authv1.RegisterRequest{Username: name, Email: email, Password: password})
		return err
	}
	want(t, register("_", "b@example.com", "password"), fault.Invalid, "username_invalid")
	want(t, register("bob", "b", "password"), fault.Invalid, "email_invalid")
	want(t, register("bob", "b@example.com", "short"), fault.Invalid, "password_too_weak")
	want(t, register("ANN", "b@example.com", "password"), fault.Conflict, "username_taken")
	want(t, register("bob", "ANN@example.com", "password"), fault.Conflict, "email_taken")
	for _, name := range []string{"ann", "nobody"} {
		_, err := w.Login(t.Context(), &authv1.LoginRequest{Identifier: name, Password: "wrong"})
		want(t, err, fault.Unauthenticated, "invalid_credentials")
	}
	change := func(current, next string) error {
		_, err := w.ChangePassword(ann, &authv1.ChangePasswordRequest{CurrentPassword: current, NewPassword: next})
		return err
	}
	want(t, change("wrong", "short"), fault.Invalid, "incorrect_password")
	want(t, change("password", "short"), fault.Invalid, "password_too_weak")
	revoke := func(b []byte) error {
		_, err := w.RevokeSession(ann, &authv1.RevokeSessionRequest{SessionId: b})
		return err
	}
	want(t, revoke(nil), fault.Invalid, "validation_failed")
	want(t, revoke(make([]byte, 16)), fault.NotFound, "session_not_found")
	w.wantRevoked()
}

func TestLogoutEndsTheActingSession(t *testing.T) {
	w := setup(t)
	ann := w.register("ann")
	other := w.logIn("ann", "password")
	_, err := w.Logout(ann, &authv1.LogoutRequest{})
	must(t, err)
	if got := w.bells.Next(t); got != string(ann.session.GetId()) {
		t.Errorf("rang for %x", got)
	}
	_, err = w.Logout(ann, &authv1.LogoutRequest{})
	want(t, err, fault.Unauthenticated, "session_not_found")
	_, err = w.CheckSession(ann, &authv1.CheckSessionRequest{})
	want(t, err, fault.Unauthenticated, "session_not_found")
	_, err = w.Refresh(ann, &authv1.RefreshRequest{})
	want(t, err, fault.Unauthenticated, "session_not_found")
	res, err := w.CheckSession(other, &authv1.CheckSessionRequest{})
	if err != nil || !proto.Equal(res.GetUser(), other.user) || !proto.Equal(res.GetSession(), other.session) {
		t.Errorf("got %v, %v", res, err)
	}
	w.wantRevoked(ann)
}

func TestRefreshSignsANewToken(t *testing.T) {
	w := setup(t)
	ann := w.register("ann")
	w.now = start.Add(20 * time.Hour)
	res, err := w.Refresh(ann, &authv1.RefreshRequest{})
	must(t, err)
	expires := w.now.Add(24 * time.Hour)
	if got := res.GetSession(); got.GetExpiresAt() != expires.UnixMicro() || string(got.GetId()) != string(ann.session.GetId()) {
		t.Errorf("got %v", got)
	}
	w.wantToken(res.GetToken(), ann, expires)
	w.now = expires
	_, err = w.Refresh(ann, &authv1.RefreshRequest{})
	want(t, err, fault.Unauthenticated, "session_expired")
	_, err = w.CheckSession(ann, &authv1.CheckSessionRequest{})
	want(t, err, fault.Unauthenticated, "session_expired")
}

func TestNewPasswordRingsForEveryOtherSession(t *testing.T) {
	w := setup(t)
	ann := w.register("ann")
	second, third := w.logIn("ann", "password"), w.logIn("ann", "password")
	_, err := w.ChangePassword(second, &authv1.ChangePasswordRequest{CurrentPassword: "password", NewPassword: "new password"})
	must(t, err)
	rung := map[string]bool{w.bells.Next(t): true, w.bells.Next(t): true}
	if !rung[string(ann.session.GetId())] || !rung[string(third.session.GetId())] {
		t.Errorf("rang for %v", rung)
	}
	list, err := w.ListSessions(second, &authv1.ListSessionsRequest{})
	if err != nil || len(list.GetSessions()) != 1 || !proto.Equal(list.GetSessions()[0], second.session) {
		t.Errorf("left: %v, %v", list, err)
	}
	w.logIn("ann", "new password")
	w.bells.Nothing(t)
}

func TestSessionsAreListedAndRevoked(t *testing.T) {
	w := setup(t)
	ann, bob := w.register("ann"), w.register("bob")
	w.now = start.Add(time.Minute)
	second := w.logIn("ann", "password")
	list, err := w.ListSessions(ann, &authv1.ListSessionsRequest{})
	if err != nil || len(list.GetSessions()) != 2 ||
		!proto.Equal(list.GetSessions()[0], second.session) || !proto.Equal(list.GetSessions()[1], ann.session) {
		t.Fatalf("got %v, %v", list, err)
	}
	_, err = w.RevokeSession(bob, &authv1.RevokeSessionRequest{SessionId: second.session.GetId()})
	want(t, err, fault.NotFound, "session_not_found")
	_, err = w.RevokeSession(ann, &authv1.RevokeSessionRequest{SessionId: second.session.GetId()})
	must(t, err)
	w.wantRevoked(second)
	res, err := w.RevokedSince(t.Context(), &authv1.RevokedSinceRequest{Cursor: 1})
	if err != nil || len(res.GetSessionIds()) != 0 || res.GetCursor() != 1 {
		t.Errorf("got %v, %v", res, err)
	}
}

// deaf is a bus that takes nothing.
type deaf struct{ *membus.Bus }

func (deaf) Publish(context.Context, ...bus.Message) error { return errors.New("away") }

func TestSessionsEndWithoutTheBus(t *testing.T) {
	w := setupOn(t, deaf{membus.New()})
	ann := w.register("ann")
	_, err := w.Logout(ann, &authv1.LogoutRequest{})
	must(t, err)
	w.wantRevoked(ann)
}

func TestOnlyGatewaysCallAndOnlyPeopleAct(t *testing.T) {
	w := setup(t)
	ann := w.register("ann")
	for name, call := range map[string]struct {
		call func(context.Context, authv1.AuthServiceClient) error
		acts bool // needs a user
	}{
		"Register": {func(ctx context.Context, c authv1.AuthServiceClient) error {
			_, err := c.Register(ctx, &authv1.RegisterRequest{Username: "bob", Email: "bob@example.com", Password: "password"})
			return err
		}, false},
		"Login": {func(ctx context.Context, c authv1.AuthServiceClient) error {
			_, err := c.Login(ctx, &authv1.LoginRequest{Identifier: "ann", Password: "password"})
			return err
		}, false},
		"KeySet": {func(ctx context.Context, c authv1.AuthServiceClient) error {
			_, err := c.KeySet(ctx, &authv1.KeySetRequest{})
			return err
		}, false},
		"RevokedSince": {func(ctx context.Context, c authv1.AuthServiceClient) error {
			_, err := c.RevokedSince(ctx, &authv1.RevokedSinceRequest{})
			return err
		}, false},
		"GetUsers": {func(ctx context.Context, c authv1.AuthServiceClient) error {
			_, err := c.GetUsers(ctx, &authv1.GetUsersRequest{})
			return err
		}, false},
		"ListUsers": {func(ctx context.Context, c authv1.AuthServiceClient) error {
			_, err := c.ListUsers(ctx, &authv1.ListUsersRequest{Limit: 1})
			return err
		}, false},
		"Refresh": {func(ctx context.Context, c authv1.AuthServiceClient) error {
			_, err := c.Refresh(ctx, &authv1.RefreshRequest{})
			return err
		}, true},
		"ChangePassword": {func(ctx context.Context, c authv1.AuthServiceClient) error {
			_, err := c.ChangePassword(ctx, &authv1.ChangePasswordRequest{CurrentPassword: "password", NewPassword: "password"})
			return err
		}, true},
		"CheckSession": {func(ctx context.Context, c authv1.AuthServiceClient) error {
			_, err := c.CheckSession(ctx, &authv1.CheckSessionRequest{})
			return err
		}, true},
		"ListSessions": {func(ctx context.Context, c authv1.AuthServiceClient) error {
			_, err := c.ListSessions(ctx, &authv1.ListSessionsRequest{})
			return err
		}, true},
		"RevokeSession": {func(ctx context.Context, c authv1.AuthServiceClient) error {
			_, err := c.RevokeSession(ctx, &authv1.RevokeSessionRequest{SessionId: w.logIn("ann", "password").session.GetId()})
			return err
		}, true},
		"Logout": {func(ctx context.Context, c authv1.AuthServiceClient) error {
			if _, ok := rpc.ActorFrom(ctx); ok {
				ctx = w.logIn("ann", "password")
			}
			_, err := c.Logout(ctx, &authv1.LogoutRequest{})
			return err
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			for _, role := range []string{"message", "auth", "Gateway"} {
				want(t, call.call(ann, w.as(role)), fault.Denied, "permission_denied")
			}
			if call.acts {
				want(t, call.call(t.Context(), w), fault.Unauthenticated, "invalid_token")
			}
			must(t, call.call(ann, w))
		})
	}
}
