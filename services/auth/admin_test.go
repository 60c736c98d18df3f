package auth_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	"github.com/lair-chat/lair/services/auth"
)

func (w *world) root() person {
	w.t.Helper()
	_, err := auth.CreateAdmin(w.t.Context(), w.store, "root", "root@example.com", "password")
	must(w.t, err)
	return w.logIn("root", "password")
}

func TestBanEndsSessionsAndIsLifted(t *testing.T) {
	w := setup(t)
	ann, root := w.register("ann"), w.root()
	until := start.Add(time.Hour)
	_, err := w.Ban(root, &authv1.BanRequest{UserId: ann.user.GetId(), Reason: "noise", Until: until.UnixMicro()})
	must(t, err)
	if got := w.bells.Next(t); got != string(ann.session.GetId()) {
		t.Errorf("rang for %x", got)
	}
	w.wantRevoked(ann)
	_, err = w.Login(t.Context(), &authv1.LoginRequest{Identifier: "ann", Password: "password"})
	want(t, err, fault.Denied, "account_banned")
	if got := fault.Of(err).Retry; got != time.Hour {
		t.Errorf("wait %v", got)
	}
	_, err = w.Unban(root, &authv1.UnbanRequest{UserId: ann.user.GetId()})
	must(t, err)
	w.logIn("ann", "password")
}

func TestResetGivesANewPassword(t *testing.T) {
	w := setup(t)
	ann, root := w.register("ann"), w.root()
	res, err := w.CreateReset(root, &authv1.CreateResetRequest{UserId: ann.user.GetId()})
	must(t, err)
	if want := start.Add(24 * time.Hour).UnixMicro(); res.GetExpiresAt() != want {
		t.Errorf("it expires at %d, want %d", res.GetExpiresAt(), want)
	}
	reset := &authv1.ResetPasswordRequest{Token: res.GetToken(), NewPassword: "new password", Client: &authv1.Client{Address: "192.0.2.7"}}
	_, err = w.ResetPassword(t.Context(), reset)
	must(t, err)
	w.wantRevoked(ann)
	w.logIn("ann", "new password")
	_, err = w.ResetPassword(t.Context(), reset)
	want(t, err, fault.Invalid, "reset_token_invalid")

	log, err := w.ListAudit(root, &authv1.ListAuditRequest{Limit: 2})
	if err != nil || len(log.GetActs()) != 2 || !log.GetHasMore() {
		t.Fatalf("got %v, %v", log, err)
	}
	if a := log.GetActs()[0]; a.GetKind() != "password_reset" || len(a.GetActorId()) != 0 || a.GetAddress() != "192.0.2.7" ||
		!bytes.Equal(a.GetSubjectId(), ann.user.GetId()) || a.GetAt() != start.UnixMicro() {
		t.Errorf("got %v", a)
	}
	if a := log.GetActs()[1]; a.GetKind() != "password_reset_created" || !bytes.Equal(a.GetActorId(), root.user.GetId()) {
		t.Errorf("got %v", a)
	}
	log, err = w.ListAudit(root, &authv1.ListAuditRequest{Limit: 2, BeforeId: log.GetActs()[1].GetId()})
	if err != nil || len(log.GetActs()) != 1 || log.GetActs()[0].GetKind() != "admin_created" || log.GetHasMore() {
		t.Errorf("got %v, %v", log, err)
	}
}

func TestAdministrationNeedsAGatewayAndAnAdministrator(t *testing.T) {
	w := setup(t)
	ann, root := w.register("ann"), w.root()
	nobody := id.New().Bytes()
	for name, call := range map[string]func(ctx context.Context, c authv1.AuthServiceClient, u []byte) error{
		"Ban": func(ctx context.Context, c authv1.AuthServiceClient, u []byte) error {
			_, err := c.Ban(ctx, &authv1.BanRequest{UserId: u, Reason: "noise"})
			return err
		},
		"Unban": func(ctx context.Context, c authv1.AuthServiceClient, u []byte) error {
			_, err := c.Unban(ctx, &authv1.UnbanRequest{UserId: u})
			return err
		},
		"GetAccount": func(ctx context.Context, c authv1.AuthServiceClient, u []byte) error {
			_, err := c.GetAccount(ctx, &authv1.GetAccountRequest{UserId: u})
			return err
		},
		"SetRole": func(ctx context.Context, c authv1.AuthServiceClient, u []byte) error {
			_, err := c.SetRole(ctx, &authv1.SetRoleRequest{UserId: u, Role: "moderator"})
			return err
		},
		"CreateReset": func(ctx context.Context, c authv1.AuthServiceClient, u []byte) error {
			_, err := c.CreateReset(ctx, &authv1.CreateResetRequest{UserId: u})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			want(t, call(root, w.as("room"), nobody), fault.Denied, "permission_denied")
			want(t, call(t.Context(), w, nobody), fault.Unauthenticated, "invalid_token")
			want(t, call(ann, w, nobody), fault.Denied, "permission_denied")
			want(t, call(root, w, []byte{1}), fault.Invalid, "validation_failed")
			want(t, call(root, w, nobody), fault.NotFound, "user_not_found")
		})
	}
	stats, err := w.Stats(root, &authv1.StatsRequest{})
	if err != nil || stats.GetUsers().GetTotal() != 2 || stats.GetSessions().GetTotal() != 2 || !stats.GetUsers().GetExact() {
		t.Errorf("got %v, %v", stats, err)
	}
	_, err = w.Stats(ann, &authv1.StatsRequest{})
	want(t, err, fault.Denied, "permission_denied")
	_, err = w.as("room").ResetPassword(t.Context(), &authv1.ResetPasswordRequest{})
	want(t, err, fault.Denied, "permission_denied")
	_, err = w.ListAudit(ann, &authv1.ListAuditRequest{Limit: 1})
	want(t, err, fault.Denied, "permission_denied")
	_, err = w.ListAudit(root, &authv1.ListAuditRequest{Limit: 1, BeforeId: []byte{1}})
	want(t, err, fault.Invalid, "validation_failed")
}
