package identity_test

import (
	"strings"
	"testing"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/auth/internal/identity"
)

func TestProfileIsChecked(t *testing.T) {
	w := setup(t)
	u, s := w.ann()
	w.register("bob")
	w.now = start.Add(time.Hour)
	for _, test := range []struct {
		p    identity.Profile
		kind fault.Kind
		code string
	}{
		{identity.Profile{Email: new("ann")}, fault.Invalid, "email_invalid"},
		{identity.Profile{Email: new("BOB@example.com")}, fault.Conflict, "email_taken"},
		{identity.Profile{DisplayName: new(strings.Repeat("x", 65))}, fault.Invalid, "validation_failed"},
		{identity.Profile{DisplayName: new("a\x00b")}, fault.Invalid, "validation_failed"},
		{identity.Profile{DisplayName: new("a\nb")}, fault.Invalid, "validation_failed"},
		{identity.Profile{DisplayName: new("a\u202eb")}, fault.Invalid, "validation_failed"}, // turns the text around
		{identity.Profile{DisplayName: new("a\u200bb")}, fault.Invalid, "validation_failed"}, // cannot be seen
		{identity.Profile{DisplayName: new("\xff")}, fault.Invalid, "validation_failed"},
	} {
		_, err := w.UpdateProfile(t.Context(), u.ID, s.ID, test.p)
		want(t, err, test.kind, test.code)
	}
	got, err := w.UpdateProfile(t.Context(), u.ID, s.ID, identity.Profile{Email: new("ANN@Example.org"), DisplayName: new("  Ann  O'Hara ")})
	must(t, err)
	u.Email, u.DisplayName, u.UpdatedAt = "ann@example.org", "Ann  O'Hara", w.now.Truncate(time.Microsecond)
	if got != u {
		t.Errorf("got %+v, want %+v", got, u)
	}
	w.wantLogIn("ann@example.org", "password", "")
	w.wantLogIn("ann@example.com", "password", "invalid_credentials")
	must(t, w.LogOut(t.Context(), u.ID, s.ID))
	_, err = w.UpdateProfile(t.Context(), u.ID, s.ID, identity.Profile{})
	want(t, err, fault.Unauthenticated, "session_not_found")
}

func TestAllOtherSessionsAreEndedByOneThatIsInForce(t *testing.T) {
	w := setup(t)
	u, first := w.ann()
	second, third := w.logIn(), w.logIn()
	must(t, w.RevokeOthers(t.Context(), u.ID, second.ID))
	w.wantRung(first.ID, third.ID)
	w.wantSessions(u.ID, second)
	fourth := w.logIn()
	want(t, w.RevokeOthers(t.Context(), u.ID, first.ID), fault.Unauthenticated, "session_not_found")
	want(t, w.RevokeOthers(t.Context(), id.User{UUID: id.New()}, second.ID), fault.Unauthenticated, "session_not_found")
	w.wantSessions(u.ID, second, fourth)
	w.wantRung()
}
