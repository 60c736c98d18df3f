package identity_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/services/auth/internal/identity"
)

func TestDelayDoublesFromTheFifthFailureOn(t *testing.T) {
	var l identity.Lockout
	now := start
	for i, want := range []time.Duration{
		0, 0, 0, 0, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, 32 * time.Second,
		64 * time.Second, 128 * time.Second, 256 * time.Second, 512 * time.Second, 15 * time.Minute, 15 * time.Minute,
	} {
		l = l.Fail(now)
		if got := l.Until.Sub(now); got != want || l.Failures != i+1 {
			t.Errorf("failure %d: locked for %v, want %v", i+1, got, want)
		}
		if l.Locked(now.Add(want)) || want > 0 && !l.Locked(now.Add(want-1)) {
			t.Errorf("failure %d: it is not locked for %v", i+1, want)
		}
		now = now.Add(time.Hour)
	}
	for range 100 {
		l = l.Fail(now)
	}
	if got := l.Until.Sub(now); got != 15*time.Minute {
		t.Errorf("after very many: %v", got)
	}
	if l = l.Fail(l.Forget); l.Failures != 1 || l.Locked(l.Forget.Add(-24*time.Hour)) {
		t.Errorf("after a day: %+v", l)
	}
}

// wantWait expects a login to be refused without a look at the password.
func (w *world) wantWait(identifier, password string, wait time.Duration) {
	w.t.Helper()
	w.hasher.costs()
	_, _, err := w.LogIn(w.t.Context(), identifier, password, phone)
	want(w.t, err, fault.Denied, "account_locked")
	if f := fault.Of(err); f.Retry != wait {
		w.t.Errorf("%s: wait %v, want %v", identifier, f.Retry, wait)
	}
	if n := w.hasher.costs(); n != 0 {
		w.t.Errorf("%s: cost %d hashes", identifier, n)
	}
}

func TestNobodyLearnsWhichNamesExistFromLockouts(t *testing.T) {
	w := setup(t)
	w.ann()
	w.now = start.Truncate(time.Microsecond)
	for _, identifier := range []string{"Ann", "ann@example.com", "nobody", "nobody@example.com", ""} {
		for range 5 {
			w.wantLogIn(identifier, "wrong", "invalid_credentials")
		}
		w.wantWait(identifier, "wrong", time.Second)
		w.wantWait(identifier, "password", time.Second) // the right one of ann is no exception
		w.now = w.now.Add(time.Second)
		w.wantLogIn(identifier, "wrong", "invalid_credentials")
		w.wantWait(identifier, "password", 2*time.Second)
	}
}

func TestLoginForgivesWrongPasswordsForNameAndAddress(t *testing.T) {
	w := setup(t)
	w.ann()
	for range 3 {
		for range 4 {
			w.wantLogIn("ann", "wrong", "invalid_credentials")
			w.wantLogIn("ann@example.com", "wrong", "invalid_credentials")
		}
		w.wantLogIn("ANN", "password", "")
	}
	for range 4 { // nobody else is forgiven
		w.wantLogIn("bob", "wrong", "invalid_credentials")
	}
	w.wantLogIn("ann", "password", "")
	w.wantLogIn("bob", "wrong", "invalid_credentials")
	w.wantLogIn("bob", "wrong", "account_locked")
}

func TestRightPasswordAmongManyGuessesAtOnceIsNotToldApart(t *testing.T) {
	w := setup(t)
	_, first := w.ann()
	w.hasher.during = func() { // while the right one is being hashed
		for range 5 {
			w.wantLogIn("ann", "wrong", "invalid_credentials")
		}
	}
	w.wantLogIn("ann", "password", "account_locked")
	w.now = w.now.Add(time.Second)
	w.hasher.during = func() { w.wantLogIn("ann", "wrong", "invalid_credentials") }
	w.wantLogIn("ann", "wrong too", "account_locked")
	w.wantSessions(first.User, first)
}

func TestGuessesWithAStolenSessionAreDelayedToo(t *testing.T) {
	w := setup(t)
	u, s := w.ann()
	change := func(current string) error { return w.ChangePassword(t.Context(), u.ID, s.ID, current, "new password") }
	for range 5 {
		want(t, change("wrong"), fault.Invalid, "incorrect_password")
	}
	want(t, change("password"), fault.Denied, "account_locked")
	w.wantLogIn("ann", "password", "") // which is counted on its own
	w.now = w.now.Add(time.Second)
	must(t, change("password"))
}

// failing is a store that cannot tell what was tried.
type failing struct {
	identity.Store
	err error
}

func (f failing) Lockout(context.Context, identity.LockoutKey) (identity.Lockout, error) {
	return identity.Lockout{}, f.err
}

func TestNoLoginWithoutCounting(t *testing.T) {
	w := setup(t)
	w.ann()
	for range 5 {
		w.wantLogIn("ann", "wrong", "invalid_credentials")
	}
	away := errors.New("away")
	w.Store = failing{w.Store, away}
	if _, _, err := w.LogIn(t.Context(), "ann", "password", phone); !errors.Is(err, away) {
		t.Errorf("got %v", err)
	}
}
