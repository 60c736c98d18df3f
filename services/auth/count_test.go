package auth_test

import (
	"testing"

	"github.com/lair-chat/lair/pkg/fault"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
)

func TestOnlyGatewaysCountUsers(t *testing.T) {
	w := setup(t)
	w.register("ann")
	res, err := w.CountUsers(t.Context(), &authv1.CountUsersRequest{})
	must(t, err)
	if res.GetTotal() != 1 || !res.GetExact() {
		t.Errorf("got %v", res)
	}
	_, err = w.as("room").CountUsers(t.Context(), &authv1.CountUsersRequest{})
	want(t, err, fault.Denied, "permission_denied")
}
