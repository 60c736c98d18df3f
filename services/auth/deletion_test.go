package auth_test

import (
	"bytes"
	"testing"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
)

func TestKeepersConfirmDeletionsEachForItself(t *testing.T) {
	w := setup(t)
	ann := w.register("ann")
	_, err := w.DeleteAccount(ann, &authv1.DeleteAccountRequest{Password: "password"})
	must(t, err)
	room, message := w.as("room"), w.as("message")
	lists := func(c authv1.AuthServiceClient, users ...[]byte) {
		t.Helper()
		res, err := c.ListDeletions(t.Context(), &authv1.ListDeletionsRequest{})
		if err != nil || len(res.GetUserIds()) != len(users) {
			t.Fatalf("got %v, %v", res, err)
		}
		for i, u := range users {
			if !bytes.Equal(res.GetUserIds()[i], u) {
				t.Errorf("got %x", res.GetUserIds()[i])
			}
		}
	}
	u := ann.user.GetId()
	lists(room, u)
	if _, err := room.ConfirmDeletions(t.Context(), &authv1.ConfirmDeletionsRequest{UserIds: [][]byte{u}}); err != nil {
		t.Fatal(err)
	}
	lists(room)
	lists(message, u)
	if res, err := message.ListDeletions(t.Context(), &authv1.ListDeletionsRequest{After: u}); err != nil || len(res.GetUserIds()) != 0 {
		t.Errorf("got %v, %v", res, err)
	}
	for _, role := range []string{"gateway", "presence"} {
		_, err := w.as(role).ListDeletions(t.Context(), &authv1.ListDeletionsRequest{})
		want(t, err, fault.Denied, "permission_denied")
		_, err = w.as(role).ConfirmDeletions(t.Context(), &authv1.ConfirmDeletionsRequest{UserIds: [][]byte{u}})
		want(t, err, fault.Denied, "permission_denied")
	}
	many := make([][]byte, 101)
	for i := range many {
		many[i] = id.New().Bytes()
	}
	for _, ids := range [][][]byte{many, {{1}}} {
		_, err := room.ConfirmDeletions(t.Context(), &authv1.ConfirmDeletionsRequest{UserIds: ids})
		want(t, err, fault.Invalid, "validation_failed")
	}
}
