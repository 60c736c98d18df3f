package identity_test

import (
	"strings"
	"testing"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/auth/internal/identity"
)

// root registers an administrator and logs it in.
func (w *world) root() (identity.User, identity.Session) {
	w.t.Helper()
	_, err := w.CreateAdmin(w.t.Context(), "root", "root@example.com", "password")
	must(w.t, err)
	u, s, err := w.LogIn(w.t.Context(), "root", "password", identity.Client{Address: "192.0.2.9"})
	must(w.t, err)
	return u, s
}

// wantActs expects these to be in the audit log, the oldest first: the kind,
// actor and subject by first letter ("-" for nobody), the address and the
// detail.
func (w *world) wantActs(want ...string) {
	w.t.Helper()
	acts, err := w.Store.Acts(w.t.Context(), id.UUID{}, 1000)
	must(w.t, err)
	name := func(u id.User) string {
		if found, err := w.Store.User(w.t.Context(), u); err == nil {
			return strings.ToLower(found.Username[:1])
		}
		return "-"
	}
	var got []string
	for _, a := range acts {
		line := strings.TrimSpace(strings.Join([]string{a.Kind, name(a.Actor) + name(a.Subject), a.Address, a.Detail}, " "))
		got = append([]string{line}, got...)
	}
	if g, x := strings.Join(got, "\n"), strings.Join(want, "\n"); g != x {
		w.t.Errorf("got\n%s\nwant\n%s", g, x)
	}
}

func TestOnlyAdministratorsDoWhatAdministratorsDo(t *testing.T) {
	w := setup(t)
	u, s := w.ann()
	root, rs := w.root()
	nobody := id.User{UUID: id.New()}
	for name, do := range map[string]func(id.User, id.Session, id.User) error{
		"Ban": func(by id.User, s id.Session, u id.User) error {
			return w.Ban(t.Context(), by, s, u, identity.Ban{Reason: "noise"})
		},
		"Unban": func(by id.User, s id.Session, u id.User) error { return w.Unban(t.Context(), by, s, u) },
		"CreateReset": func(by id.User, s id.Session, u id.User) error {
			_, _, err := w.CreateReset(t.Context(), by, s, u)
			return err
		},
	} {
		want(t, do(u.ID, s.ID, root.ID), fault.Denied, "permission_denied")
		want(t, do(root.ID, s.ID, u.ID), fault.Unauthenticated, "session_not_found")
		if err := do(root.ID, rs.ID, nobody); fault.CodeOf(err) != "user_not_found" {
			t.Errorf("%s: got %v", name, err)
		}
	}
	_, _, err := w.Acts(t.Context(), u.ID, s.ID, id.UUID{}, 10)
	want(t, err, fault.Denied, "permission_denied")
	for _, limit := range []int{0, 1001} {
		_, _, err = w.Acts(t.Context(), root.ID, rs.ID, id.UUID{}, limit)
		want(t, err, fault.Invalid, "validation_failed")
	}
	w.wantSessions(u.ID, s)
	w.wantActs("admin_created -r")
}

func TestBannedUserIsThrownOutUntilTheBanEnds(t *testing.T) {
	w := setup(t)
	u, s := w.ann()
	root, rs := w.root()
	w.now = start.Truncate(time.Microsecond)
	ban := func(b identity.Ban) error { return w.Ban(t.Context(), root.ID, rs.ID, u.ID, b) }
	want(t, w.Ban(t.Context(), root.ID, rs.ID, root.ID, identity.Ban{Reason: "x"}), fault.Denied, "permission_denied")
	for _, b := range []identity.Ban{
		{}, {Reason: strings.Repeat("x", 257)}, {Reason: "a\x00"}, {Reason: "x", Until: w.now}, {Reason: "x", Until: identity.ForGood.Add(1 << 40)},
	} {
		want(t, ban(b), fault.Invalid, "validation_failed")
	}
	w.wantSessions(u.ID, s)

	until := w.now.Add(time.Hour)
	must(t, ban(identity.Ban{Reason: "noise", Until: until}))
	w.wantRung(s.ID)
	w.wantSessions(u.ID)
	_, _, err := w.LogIn(t.Context(), "ann", "password", phone)
	want(t, err, fault.Denied, "account_banned")
	if f := fault.Of(err); f.Retry != time.Hour || strings.Contains(f.Text, "noise") {
		t.Errorf("got %+v", f)
	}
	w.wantLogIn("ann", "wrong", "invalid_credentials") // a stranger learns nothing
	w.now = until
	w.wantLogIn("ann", "password", "")

	must(t, ban(identity.Ban{Reason: "more noise"}))
	w.now = w.now.Add(1000 * time.Hour)
	_, _, err = w.LogIn(t.Context(), "ann", "password", phone)
	if f := fault.Of(err); f == nil || f.Code != "account_banned" || f.Retry != 0 {
		t.Errorf("got %+v", f)
	}
	root, rs, err = w.LogIn(t.Context(), "root", "password", phone)
	must(t, err)
	must(t, w.Unban(t.Context(), root.ID, rs.ID, u.ID))
	must(t, w.Unban(t.Context(), root.ID, rs.ID, u.ID)) // there is none any more
	w.wantLogIn("ann", "password", "")
	w.wantActs("admin_created -r", "user_banned ra 192.0.2.9 until 2026-01-02T04:04:05Z: noise", "login_failed -a 192.0.2.1",
		"user_banned ra 192.0.2.9 more noise", "user_unbanned ra 192.0.2.1")
}

func TestPasswordIsResetOnceByWhoHasTheSecret(t *testing.T) {
	w := setup(t)
	u, s := w.ann()
	root, rs := w.root()
	create := func() string {
		secret, expires, err := w.CreateReset(t.Context(), root.ID, rs.ID, u.ID)
		must(t, err)
		if len(secret) < 26 || !expires.Equal(w.now.Truncate(time.Microsecond).Add(24*time.Hour)) {
			t.Errorf("got %q, %v", secret, expires)
		}
		return secret
	}
	reset := func(secret, password string) error { return w.ResetPassword(t.Context(), secret, password, phone) }
	old := create()
	secret := create()
	w.hasher.costs()
	want(t, reset(old, "new password"), fault.Invalid, "reset_token_invalid")
	want(t, reset("", "new password"), fault.Invalid, "reset_token_invalid")
	want(t, reset(secret, "short"), fault.Invalid, "password_too_weak")
	if n := w.hasher.costs(); n != 0 {
		t.Errorf("cost %d hashes", n)
	}
	for range 5 {
		w.wantLogIn("ann", "wrong", "invalid_credentials")
	}
	must(t, reset(secret, "new password"))
	w.wantRung(s.ID)
	w.wantSessions(u.ID)
	want(t, reset(secret, "newer password"), fault.Invalid, "reset_token_invalid")
	w.wantLogIn("ann", "new password", "") // what was tried before is forgiven
	w.wantLogIn("ann", "password", "invalid_credentials")

	secret = create()
	w.now = w.now.Add(24 * time.Hour)
	want(t, reset(secret, "newer password"), fault.Invalid, "reset_token_invalid")
	w.wantActs(append(append([]string{"admin_created -r", "password_reset_created ra 192.0.2.9", "password_reset_created ra 192.0.2.9"},
		"login_failed -a 192.0.2.1", "login_failed -a 192.0.2.1", "login_failed -a 192.0.2.1", "login_failed -a 192.0.2.1"),
		"login_locked -a 192.0.2.1", "password_reset -a 192.0.2.1", "login_failed -a 192.0.2.1", "password_reset_created ra 192.0.2.9")...)
}

func TestWhatConcernsAnAccountIsRecordedWithoutSecrets(t *testing.T) {
	w := setup(t)
	u, s := w.ann()
	other := w.logIn()
	w.wantLogIn("hunter2", "hunter2", "invalid_credentials")
	want(t, w.ChangePassword(t.Context(), u.ID, s.ID, "hunter2", "new password"), fault.Invalid, "incorrect_password")
	must(t, w.Revoke(t.Context(), u.ID, s.ID, other.ID))
	must(t, w.RevokeOthers(t.Context(), u.ID, s.ID))
	_, err := w.UpdateProfile(t.Context(), u.ID, s.ID, identity.Profile{Email: new("ann@example.org")})
	must(t, err)
	must(t, w.ChangePassword(t.Context(), u.ID, s.ID, "password", "new password"))
	_, err = w.Promote(t.Context(), "ann")
	must(t, err)
	w.wantActs("login_failed -- 192.0.2.1", "login_failed aa 192.0.2.1 while logged in",
		"session_revoked aa 192.0.2.1 "+other.ID.String(), "other_sessions_revoked aa 192.0.2.1", "email_changed aa 192.0.2.1",
		"password_changed aa 192.0.2.1", "role_changed -a  admin")
}

func TestAuditLogIsReadInPages(t *testing.T) {
	w := setup(t)
	root, rs := w.root()
	for range 4 {
		w.wantLogIn("nobody", "wrong", "invalid_credentials")
	}
	var got []string
	var before id.UUID
	for more := true; more; {
		acts, next, err := w.Acts(t.Context(), root.ID, rs.ID, before, 2)
		must(t, err)
		for _, a := range acts {
			got = append(got, a.Kind)
			before = a.ID
		}
		more = next
	}
	if text := strings.Join(got, " "); text != "login_failed login_failed login_failed login_failed admin_created" {
		t.Errorf("got %s", text)
	}
}
