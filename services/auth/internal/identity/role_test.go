package identity_test

import (
	"strings"
	"testing"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/auth/internal/identity"
)

// somebody registers a user.
func (w *world) somebody(name string) (identity.User, identity.Session) {
	w.t.Helper()
	u, s, err := w.Register(w.t.Context(), name, name+"@example.com", "password", identity.Client{Address: "192.0.2.8"})
	must(w.t, err)
	return u, s
}

func TestAdministratorsGiveRoles(t *testing.T) {
	w := setup(t)
	u, s := w.ann()
	root, rs := w.root()
	set := func(target id.User, role string) error {
		_, err := w.SetRole(t.Context(), root.ID, rs.ID, target, role)
		return err
	}
	for _, role := range []string{"moderator", "moderator", "admin"} {
		got, err := w.SetRole(t.Context(), root.ID, rs.ID, u.ID, role)
		if err != nil || got.Role != role {
			t.Errorf("got %+v, %v", got, err)
		}
	}
	w.wantChanged(u.ID, u.ID) // the second time it was no change
	must(t, set(root.ID, "user"))
	_, err := w.SetRole(t.Context(), u.ID, s.ID, u.ID, "user")
	want(t, err, fault.Conflict, "last_admin")
	want(t, set(u.ID, "user"), fault.Denied, "permission_denied") // root is none any more
	_, err = w.SetRole(t.Context(), u.ID, s.ID, root.ID, "owner")
	want(t, err, fault.Invalid, "validation_failed")
	_, err = w.SetRole(t.Context(), u.ID, s.ID, id.User{UUID: id.New()}, "user")
	want(t, err, fault.NotFound, "user_not_found")
	w.wantActs("admin_created -r", "role_changed ra 192.0.2.9 moderator", "role_changed ra 192.0.2.9 admin",
		"role_changed rr 192.0.2.9 user")
}

func TestWhatOthersSeeOfAUserIsTold(t *testing.T) {
	w := setup(t)
	u, s := w.ann()
	for _, p := range []identity.Profile{
		{DisplayName: new("Ann")}, {DisplayName: new(" Ann ")}, {}, {Email: new("ann@example.org")}, {Email: new("ANN@example.org")},
	} {
		_, err := w.UpdateProfile(t.Context(), u.ID, s.ID, p)
		must(t, err)
	}
	w.wantChanged(u.ID, u.ID)
	_, err := w.UpdateProfile(t.Context(), u.ID, s.ID, identity.Profile{Email: new("x")})
	want(t, err, fault.Invalid, "email_invalid")
	w.wantChanged()
	must(t, w.Delete(t.Context(), u.ID, s.ID, "password"))
	w.wantChanged(u.ID)
}

func TestModeratorsBanUsersAndNobodyElse(t *testing.T) {
	w := setup(t)
	w.now = start.Truncate(time.Microsecond)
	u, s := w.ann()
	root, rs := w.root()
	mod, ms := w.somebody("mod")
	other, _ := w.somebody("other")
	for _, m := range []identity.User{mod, other} {
		_, err := w.SetRole(t.Context(), root.ID, rs.ID, m.ID, identity.RoleModerator)
		must(t, err)
	}
	noise := identity.Ban{Reason: "noise", Until: w.now.Add(time.Hour)}
	for _, target := range []identity.User{root, other, mod} {
		want(t, w.Ban(t.Context(), mod.ID, ms.ID, target.ID, noise), fault.Denied, "permission_denied")
		want(t, w.Unban(t.Context(), mod.ID, ms.ID, target.ID), fault.Denied, "permission_denied")
	}
	_, _, err := w.Account(t.Context(), u.ID, s.ID, mod.ID)
	want(t, err, fault.Denied, "permission_denied")
	_, err = w.SetRole(t.Context(), mod.ID, ms.ID, u.ID, identity.RoleModerator)
	want(t, err, fault.Denied, "permission_denied")
	_, _, err = w.CreateReset(t.Context(), mod.ID, ms.ID, u.ID)
	want(t, err, fault.Denied, "permission_denied")

	must(t, w.Ban(t.Context(), mod.ID, ms.ID, u.ID, noise))
	got, withEmail, err := w.Account(t.Context(), mod.ID, ms.ID, u.ID)
	if err != nil || withEmail || got.BanReason != "noise" || !got.BannedUntil.Equal(noise.Until) {
		t.Errorf("got %+v, %v, %v", got, withEmail, err)
	}
	w.now = noise.Until
	got, withEmail, err = w.Account(t.Context(), root.ID, rs.ID, u.ID)
	if err != nil || !withEmail || got.BanReason != "" || !got.BannedUntil.IsZero() {
		t.Errorf("got %+v, %v, %v", got, withEmail, err)
	}
	must(t, w.Unban(t.Context(), mod.ID, ms.ID, u.ID))
	_, _, err = w.Account(t.Context(), root.ID, rs.ID, id.User{UUID: id.New()})
	want(t, err, fault.NotFound, "user_not_found")
}

func TestRoomDeletionsAreOrderedAndNoted(t *testing.T) {
	w := setup(t)
	u, s := w.ann()
	root, rs := w.root()
	mod, ms := w.somebody("mod")
	_, err := w.SetRole(t.Context(), root.ID, rs.ID, mod.ID, identity.RoleModerator)
	must(t, err)
	hall := id.Room{UUID: id.New()}
	want(t, w.OrderRoomDeletion(t.Context(), u.ID, s.ID, hall, "noise"), fault.Denied, "permission_denied")
	for _, reason := range []string{strings.Repeat("x", 257), "a\x00"} {
		want(t, w.OrderRoomDeletion(t.Context(), root.ID, rs.ID, hall, reason), fault.Invalid, "validation_failed")
	}
	must(t, w.OrderRoomDeletion(t.Context(), root.ID, rs.ID, hall, "noise"))
	must(t, w.OrderRoomDeletion(t.Context(), mod.ID, ms.ID, hall, ""))
	w.wantActs("admin_created -r", "role_changed rm 192.0.2.9 moderator",
		"room_deletion r- 192.0.2.9 "+hall.String()+": noise", "room_deletion m- 192.0.2.8 "+hall.String())
}

// TestRegistrationIsCheckedInTheOrderOfOldServers: a client shows the first
// thing that is wrong.
func TestRegistrationIsCheckedInTheOrderOfOldServers(t *testing.T) {
	w := setup(t)
	w.ann()
	for _, x := range []struct{ name, email, password, code string }{
		{"x", "x", "x", "username_invalid"},
		{"ann", "x", "x", "email_invalid"},
		{"ann", "ann@example.com", "x", "password_too_weak"},
		{"ANN", "ann@example.com", "password", "username_taken"},
		{"bob", "ANN@example.com", "password", "email_taken"},
	} {
		if _, _, err := w.Register(t.Context(), x.name, x.email, x.password, phone); fault.CodeOf(err) != x.code {
			t.Errorf("%v: got %v", x, err)
		}
	}
}
