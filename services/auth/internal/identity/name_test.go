package identity_test

import (
	"testing"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/auth/internal/identity"
)

// Names that one cannot tell from each other are one name: for who registers, for
// who logs in, and for the count of wrong passwords.
func TestNamesThatLookAlikeAreOneName(t *testing.T) {
	w := setup(t)
	u, _, err := w.Register(t.Context(), "U\u0308nal", "u@example.com", "password", identity.Client{})
	if err != nil || u.Username != "Ünal" {
		t.Fatalf("got %+v, %v", u, err)
	}
	for _, name := range []string{"Ünal", "ÜNAL", "ünaｌ", "u\u0308nal"} {
		_, _, err := w.Register(t.Context(), name, "v@example.com", "password", identity.Client{})
		want(t, err, fault.Conflict, "username_taken")
		if got, _, err := w.LogIn(t.Context(), name, "password", identity.Client{}); err != nil || got.ID != u.ID {
			t.Errorf("%q logs in as %v, %v", name, got.ID, err)
		}
		if list, _, _, err := w.List(t.Context(), identity.Query{Search: name, Limit: 9}); err != nil || len(list) != 1 {
			t.Errorf("%q finds %v, %v", name, list, err)
		}
	}
	var last error
	for i := range 20 {
		name := []string{"Ünal", "ÜNAL", "ünaｌ"}[i%3]
		if _, _, last = w.LogIn(t.Context(), name, "wrong password", identity.Client{}); fault.CodeOf(last) == "account_locked" {
			return
		}
	}
	t.Errorf("guesses are counted for each way to write the name: %v", last)
}

// Who has a name from before the rule logs in with it.
func TestOldNamesAreFoundAsTheyWere(t *testing.T) {
	w := setup(t)
	for name, key := range map[string]string{"Ünal": "Ünal", "ünal": "ünal"} {
		u := identity.User{Username: name, NameKey: key, Email: key + "@example.com", Password: "new:password", Role: identity.RoleUser}
		u.ID = id.User{UUID: id.New()}
		if err := w.Store.Register(t.Context(), u, nil); err != nil {
			t.Fatal(err)
		}
		if got, _, err := w.LogIn(t.Context(), name, "password", identity.Client{}); err != nil || got.ID != u.ID {
			t.Errorf("%q logs in as %v, %v", name, got.Username, err)
		}
	}
}
