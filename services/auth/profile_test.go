package auth_test

import (
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/lair-chat/lair/pkg/bus/bustest"
	"github.com/lair-chat/lair/pkg/bus/membus"
	"github.com/lair-chat/lair/pkg/fault"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	"github.com/lair-chat/lair/services/auth"
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

func TestChangesOfUsersRing(t *testing.T) {
	b := membus.New()
	w := setupOn(t, b)
	ear := bustest.NewEar()
	t.Cleanup(b.Subscribe(auth.ChangeTopic, ear))
	ann, root := w.register("ann"), w.root()
	for _, name := range []string{"Ann", "Ann"} { // the second time it is no change
		_, err := w.UpdateProfile(ann, &authv1.UpdateProfileRequest{DisplayName: &name})
		must(t, err)
	}
	_, err := w.SetRole(root, &authv1.SetRoleRequest{UserId: ann.user.GetId(), Role: "moderator"})
	must(t, err)
	for range 2 {
		if got := ear.Next(t); got != string(ann.user.GetId()) {
			t.Errorf("rang for %q", got)
		}
	}
	ear.Nothing(t)
	w.bells.Nothing(t) // no session ended
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

func TestDeletedAccountIsGoneForAll(t *testing.T) {
	w := setup(t)
	ann, bob := w.register("ann"), w.register("bob")
	_, err := w.as("room").DeleteAccount(ann, &authv1.DeleteAccountRequest{Password: "password"})
	want(t, err, fault.Denied, "permission_denied")
	_, err = w.DeleteAccount(ann, &authv1.DeleteAccountRequest{Password: "password"})
	must(t, err)
	w.wantRevoked(ann)
	w.wantAddresses(bob, []person{ann, bob}, map[string]string{"bob": "bob@example.com"})
}
