package auth_test

import (
	"testing"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/rpc"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
)

// Lair Chat 0.8 does not compare the user in a token with that of its session.
func TestTokenWithTheSessionOfAnotherUserIsNoLogin(t *testing.T) {
	w := setup(t)
	ann, bob := w.register("ann"), w.register("bob")
	mixed := rpc.WithActor(t.Context(), rpc.Actor{
		User: id.User{UUID: id.UUID(bob.user.GetId())}, Session: id.Session{UUID: id.UUID(ann.session.GetId())},
	})
	_, err := w.CheckSession(mixed, &authv1.CheckSessionRequest{})
	want(t, err, fault.Unauthenticated, "session_not_found")
	_, err = w.Refresh(mixed, &authv1.RefreshRequest{})
	want(t, err, fault.Unauthenticated, "session_not_found")
	_, err = w.Logout(mixed, &authv1.LogoutRequest{})
	want(t, err, fault.Unauthenticated, "session_not_found")
	for _, p := range []person{ann, bob} { // whose logins are as they were
		_, err := w.CheckSession(p, &authv1.CheckSessionRequest{})
		must(t, err)
	}
}
