package auth_test

import (
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/lair-chat/lair/pkg/fault"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
)

func TestDisplayNameIsSeenByAll(t *testing.T) {
	w := setup(t)
	ann, bob := w.register("ann"), w.register("bob")
	res, err := w.UpdateProfile(ann, &authv1.UpdateProfileRequest{Email: new("ann@example.org"), DisplayName: new("Ann")})
	must(t, err)
	ann.user.Email, ann.user.DisplayName = "ann@example.org", "Ann"
	if !proto.Equal(res.GetUser(), ann.user) {
		t.Errorf("got %v, want %v", res.GetUser(), ann.user)
	}
	seen, err := w.GetUsers(bob, &authv1.GetUsersRequest{UserIds: [][]byte{ann.user.GetId()}})
	must(t, err)
	if u := seen.GetUsers()[0]; u.GetDisplayName() != "Ann" || u.GetEmail() != "" {
		t.Errorf("got %v", u)
	}
	_, err = w.UpdateProfile(bob, &authv1.UpdateProfileRequest{Email: new("ann@example.org")})
	want(t, err, fault.Conflict, "email_taken")
	_, err = w.UpdateProfile(t.Context(), &authv1.UpdateProfileRequest{})
	want(t, err, fault.Unauthenticated, "invalid_token")
	_, err = w.as("message").UpdateProfile(ann, &authv1.UpdateProfileRequest{})
	want(t, err, fault.Denied, "permission_denied")
}

func TestOtherSessionsAreRevokedAtOnce(t *testing.T) {
	w := setup(t)
	ann := w.register("ann")
	second, third := w.logIn("ann", "password"), w.logIn("ann", "password")
	_, err := w.RevokeOtherSessions(t.Context(), &authv1.RevokeOtherSessionsRequest{})
	want(t, err, fault.Unauthenticated, "invalid_token")
	_, err = w.as("room").RevokeOtherSessions(ann, &authv1.RevokeOtherSessionsRequest{})
	want(t, err, fault.Denied, "permission_denied")
	_, err = w.RevokeOtherSessions(ann, &authv1.RevokeOtherSessionsRequest{})
	must(t, err)
	rung := map[string]bool{w.bells.Next(t): true, w.bells.Next(t): true}
	if !rung[string(second.session.GetId())] || !rung[string(third.session.GetId())] {
		t.Errorf("rang for %v", rung)
	}
	_, err = w.CheckSession(second, &authv1.CheckSessionRequest{})
	want(t, err, fault.Unauthenticated, "session_not_found")
	_, err = w.CheckSession(ann, &authv1.CheckSessionRequest{})
	must(t, err)
}
