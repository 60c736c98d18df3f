package identity_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/auth/internal/identity"
)

func TestWhoRegistersIsLoggedIn(t *testing.T) {
	w := setup(t)
	u, s, err := w.Register(t.Context(), "Ann", "ANN@Example.com", "password", phone)
	must(t, err)
	now := start.Truncate(time.Microsecond) // as it is stored
	if want := (identity.User{
		ID: u.ID, Username: "Ann", NameKey: "ann", Email: "ann@example.com", Password: "new:password", Role: identity.RoleUser,
		CreatedAt: now, UpdatedAt: now,
	}); u != want || u.ID.IsZero() {
		t.Errorf("got %+v, want %+v", u, want)
	}
	if want := (identity.Session{
		ID: s.ID, User: u.ID, UserAgent: "phone", Address: "192.0.2.1", CreatedAt: now, ExpiresAt: now.Add(24 * time.Hour),
	}); s != want || s.ID.IsZero() {
		t.Errorf("got %+v, want %+v", s, want)
	}
	stored, session, err := w.Check(t.Context(), u.ID, s.ID)
	if err != nil || stored != u || session != s {
		t.Errorf("stored %+v, %+v, %v", stored, session, err)
	}
}

func TestRegisterRefusesInAFixedOrder(t *testing.T) {
	w := setup(t)
	w.ann()
	w.hasher.costs()
	for _, test := range []struct {
		name, email, password string
		kind                  fault.Kind
		code                  string
		cost                  int
	}{
		{"_", "x", "short", fault.Invalid, "username_invalid", 0},
		{"ANN", "x", "short", fault.Invalid, "email_invalid", 0},
		{"ANN", "ann@example.com", "short", fault.Invalid, "password_too_weak", 0},
		{"ANN", "ann@example.com", "password", fault.Conflict, "username_taken", 0},
		{"bob", "ANN@EXAMPLE.com", "password", fault.Conflict, "email_taken", 1},
	} {
		_, _, err := w.Register(t.Context(), test.name, test.email, test.password, phone)
		want(t, err, test.kind, test.code)
		if n := w.hasher.costs(); n != test.cost {
			t.Errorf("%s: %d hashes, want %d", test.code, n, test.cost)
		}
	}
	w.hasher.err = fault.New(fault.Unavailable, "busy", "busy")
	_, _, err := w.Register(t.Context(), "bob", "bob@example.com", "password", phone)
	want(t, err, fault.Unavailable, "busy")
	w.wantLogIn("bob", "password", "invalid_credentials")
}

func TestLoginIsByNameOrByAddress(t *testing.T) {
	w := setup(t)
	u, first := w.ann()
	w.now = start.Add(time.Hour)
	sessions := []identity.Session{first}
	for _, identifier := range []string{"Ann", "aNN", "ann@example.com", "ANN@EXAMPLE.COM"} {
		got, s, err := w.LogIn(t.Context(), identifier, "password", identity.Client{UserAgent: identifier})
		if err != nil || got != u {
			t.Fatalf("%s: got %+v, %v", identifier, got, err)
		}
		if s.UserAgent != identifier || !s.ExpiresAt.Equal(w.now.Add(24*time.Hour).Truncate(time.Microsecond)) {
			t.Errorf("got %+v", s)
		}
		sessions = append(sessions, s)
	}
	w.wantSessions(u.ID, sessions...)
}

func TestWrongNameAndWrongPasswordAreOneErrorAndCostTheSame(t *testing.T) {
	w := setup(t)
	u, first := w.ann()
	for _, identifier := range []string{"ann", "ann@example.com", "nobody", "nobody@example.com", ""} {
		w.hasher.costs()
		w.wantLogIn(identifier, "Password", "invalid_credentials")
		if n := w.hasher.costs(); n != 1 {
			t.Errorf("%q cost %d hashes", identifier, n)
		}
	}
	w.wantLogIn("nobody", "", "invalid_credentials")
	w.wantSessions(u.ID, first)
}

func TestCredentialsThatNobodyHasAreNotLookedAt(t *testing.T) {
	w := setup(t)
	w.ann()
	w.hasher.costs()
	for _, c := range [][2]string{
		{strings.Repeat("a", 255), "password"},
		{"ann", strings.Repeat("x", 1025)},
		{"an\x00n", "password"},
		{"ann", "pass\x00word"},
		{"ann\xff", "password"},
		{"ann", "password\xff"},
	} {
		w.wantLogIn(c[0], c[1], "invalid_credentials")
	}
	if n := w.hasher.costs(); n != 0 {
		t.Errorf("cost %d hashes", n)
	}
}

// age gives a user a hash with parameters of the past.
func (w *world) age(u identity.User) {
	w.t.Helper()
	if ok, err := w.Store.ReplacePassword(w.t.Context(), u.ID, u.Password, "old:password", u.UpdatedAt); err != nil || !ok {
		w.t.Fatalf("got %v, %v", ok, err)
	}
}

func (w *world) wantHash(u identity.User, want string) {
	w.t.Helper()
	got, err := w.Store.User(w.t.Context(), u.ID)
	if err != nil || got.Password != want || !got.UpdatedAt.Equal(u.UpdatedAt) {
		w.t.Errorf("got %+v, %v; want %s", got, err, want)
	}
}

func TestLoginRenewsAnOutdatedHash(t *testing.T) {
	w := setup(t)
	u, first := w.ann()
	w.age(u)
	w.now = start.Add(time.Hour)
	w.wantLogIn("ann", "wrong", "invalid_credentials")
	w.wantHash(u, "old:password")
	w.hasher.err = errors.New("busy")
	second := w.logIn() // the next login tries again
	w.wantHash(u, "old:password")
	w.hasher.err = nil
	third := w.logIn()
	w.wantHash(u, "new:password")
	w.wantSessions(u.ID, first, second, third)
}

func TestTwoLoginsRenewAnOutdatedHashOnce(t *testing.T) {
	w := setup(t)
	u, first := w.ann()
	w.age(u)
	var inner identity.Session
	w.hasher.during = func() { inner = w.logIn() }
	outer := w.logIn()
	w.wantHash(u, "new:password")
	w.wantSessions(u.ID, first, inner, outer)
}

func TestLoginWithAPasswordThatIsBeingChangedIsRefused(t *testing.T) {
	w := setup(t)
	u, first := w.ann()
	w.hasher.during = func() {
		must(t, w.ChangePassword(t.Context(), u.ID, first.ID, "password", "another one"))
	}
	w.wantLogIn("ann", "password", "invalid_credentials")
	w.wantSessions(u.ID, first)
	w.wantLogIn("ann", "another one", "")
}

func TestNewPasswordEndsTheOtherSessions(t *testing.T) {
	w := setup(t)
	u, first := w.ann()
	second, third := w.logIn(), w.logIn()
	_, his := w.register("Bob")
	w.now = start.Add(time.Hour)
	must(t, w.ChangePassword(t.Context(), u.ID, second.ID, "password", "new password"))
	w.wantRung(first.ID, third.ID)
	w.wantSessions(u.ID, second)
	w.wantSessions(his.User, his)
	w.wantLogIn("ann", "password", "invalid_credentials")
	changed, _, err := w.LogIn(t.Context(), "ann", "new password", phone)
	if err != nil || !changed.UpdatedAt.Equal(w.now.Truncate(time.Microsecond)) {
		t.Errorf("got %+v, %v", changed, err)
	}
	// The same password is allowed.
	must(t, w.ChangePassword(t.Context(), u.ID, second.ID, "new password", "new password"))
}

func TestChangePasswordRefusesInAFixedOrder(t *testing.T) {
	w := setup(t)
	u, s := w.ann()
	other := w.logIn()
	bob, his := w.register("Bob")
	w.hasher.costs()
	change := func(u id.User, s id.Session, current, next string) error {
		return w.ChangePassword(t.Context(), u, s, current, next)
	}
	want(t, change(u.ID, his.ID, "x", "x"), fault.Unauthenticated, "session_not_found")
	want(t, change(bob.ID, s.ID, "x", "x"), fault.Unauthenticated, "session_not_found")
	if n := w.hasher.costs(); n != 0 {
		t.Errorf("cost %d hashes", n)
	}
	want(t, change(u.ID, s.ID, "wrong", "short"), fault.Invalid, "incorrect_password")
	want(t, change(u.ID, s.ID, "", "short"), fault.Invalid, "incorrect_password")
	want(t, change(u.ID, s.ID, strings.Repeat("x", 1025), "short"), fault.Invalid, "incorrect_password")
	want(t, change(u.ID, s.ID, "password", "short"), fault.Invalid, "password_too_weak")
	w.now = s.ExpiresAt
	want(t, change(u.ID, s.ID, "password", "new password"), fault.Unauthenticated, "session_expired")
	w.now = start
	w.wantRung()
	w.wantSessions(u.ID, s, other)
	w.wantHash(u, "new:password")
}

func TestOneOfTwoChangesOfAPasswordWins(t *testing.T) {
	w := setup(t)
	u, one := w.ann()
	two := w.logIn()
	w.hasher.during = func() {
		must(t, w.ChangePassword(t.Context(), u.ID, two.ID, "password", "of the second"))
	}
	err := w.ChangePassword(t.Context(), u.ID, one.ID, "password", "of the first")
	want(t, err, fault.Invalid, "incorrect_password")
	w.wantRung(one.ID)
	w.wantSessions(u.ID, two)
	w.wantLogIn("ann", "of the second", "")
}

func TestAdministratorsAreMadeOrPromoted(t *testing.T) {
	w := setup(t)
	root, err := w.CreateAdmin(t.Context(), "root", "ROOT@example.com", "password")
	if err != nil || root.Role != identity.RoleAdmin || root.Email != "root@example.com" {
		t.Fatalf("got %+v, %v", root, err)
	}
	w.wantSessions(root.ID)
	_, err = w.CreateAdmin(t.Context(), "Root", "other@example.com", "password")
	want(t, err, fault.Conflict, "username_taken")

	u, _ := w.ann()
	w.now = start.Add(time.Hour)
	if got, err := w.Promote(t.Context(), "ANN"); err != nil || got.ID != u.ID || got.Role != identity.RoleAdmin {
		t.Errorf("got %+v, %v", got, err)
	}
	stored, err := w.Store.User(t.Context(), u.ID)
	if err != nil || stored.Role != identity.RoleAdmin || !stored.UpdatedAt.After(u.UpdatedAt) {
		t.Errorf("stored %+v, %v", stored, err)
	}
	_, err = w.Promote(t.Context(), "nobody")
	want(t, err, fault.NotFound, "user_not_found")
}

func TestUsersAreListedWithoutRegardToCase(t *testing.T) {
	w := setup(t)
	w.ann()
	w.register("Joanne")
	w.register("Bob")
	list, total, next, err := w.List(t.Context(), identity.Query{Search: "ANN", Limit: 1, Offset: 1})
	if err != nil || total != 2 || next != "" || len(list) != 1 || list[0].Username != "Joanne" {
		t.Errorf("got %+v of %d, %v", list, total, err)
	}
	if list, _, next, err := w.List(t.Context(), identity.Query{Limit: 2, After: "ann"}); err != nil || next != "" || len(list) != 2 || list[0].Username != "Bob" {
		t.Errorf("got %+v, %q, %v", list, next, err)
	}
	if list, _, next, err := w.List(t.Context(), identity.Query{Limit: 2}); err != nil || next != "bob" || len(list) != 2 {
		t.Errorf("got %+v, %q, %v", list, next, err)
	}
	for _, q := range []identity.Query{
		{}, {Limit: -1}, {Limit: 1001}, {Limit: 1, Offset: -1}, {Limit: 1, Search: "\x00"}, {Limit: 1, Search: "\xff"}, {Limit: 1, After: "\x00"},
	} {
		_, _, _, err := w.List(t.Context(), q)
		want(t, err, fault.Invalid, "validation_failed")
	}
	if _, total, _, err := w.List(t.Context(), identity.Query{Limit: 1000}); err != nil || total != 3 {
		t.Errorf("got %d, %v", total, err)
	}
}
