package identity_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/auth/internal/identity"
)

func TestSessionIsInForceUntilItExpires(t *testing.T) {
	w := setup(t)
	u, s := w.ann()
	_, his := w.register("Bob")
	w.now = s.ExpiresAt.Add(-time.Nanosecond)
	if user, session, err := w.Check(t.Context(), u.ID, s.ID); err != nil || user != u || session != s {
		t.Errorf("got %+v, %+v, %v", user, session, err)
	}
	for _, x := range []id.Session{his.ID, {UUID: id.New()}, {}} {
		_, _, err := w.Check(t.Context(), u.ID, x)
		want(t, err, fault.Unauthenticated, "session_not_found")
		_, _, err = w.Refresh(t.Context(), u.ID, x)
		want(t, err, fault.Unauthenticated, "session_not_found")
	}
	w.now = s.ExpiresAt
	_, _, err := w.Check(t.Context(), u.ID, s.ID)
	want(t, err, fault.Unauthenticated, "session_expired")
	_, _, err = w.Refresh(t.Context(), u.ID, s.ID)
	want(t, err, fault.Unauthenticated, "session_expired")
}

func TestRefreshExtendsToAtMostThirtyDaysAfterLogin(t *testing.T) {
	w := setup(t)
	u, s := w.ann()
	last := s.CreatedAt.Add(30 * 24 * time.Hour)
	for w.now.Before(last.Add(-time.Hour)) {
		w.now = w.now.Add(20 * time.Hour)
		if !w.now.Before(last) {
			w.now = last.Add(-time.Minute)
		}
		user, got, err := w.Refresh(t.Context(), u.ID, s.ID)
		must(t, err)
		expires := w.now.Add(24 * time.Hour).Truncate(time.Microsecond)
		if expires.After(last) {
			expires = last
		}
		if !got.ExpiresAt.Equal(expires) || user != u {
			t.Fatalf("%v: it expires at %v, want %v", w.now, got.ExpiresAt, expires)
		}
		s.ExpiresAt = expires
		if got != s {
			t.Fatalf("got %+v, want %+v", got, s)
		}
		w.wantSessions(u.ID, s)
	}
	w.now = last
	_, _, err := w.Refresh(t.Context(), u.ID, s.ID)
	want(t, err, fault.Unauthenticated, "session_expired")
}

func TestRefreshNeverShortens(t *testing.T) {
	w := setup(t)
	u, s := w.ann()
	w.now = start.Add(-time.Hour) // the clock of another process
	_, got, err := w.Refresh(t.Context(), u.ID, s.ID)
	if err != nil || got != s {
		t.Errorf("got %+v, %v", got, err)
	}
	w.wantSessions(u.ID, s)
}

func TestLogoutEndsOneSessionOnce(t *testing.T) {
	w := setup(t)
	u, s := w.ann()
	other := w.logIn()
	_, his := w.register("Bob")
	want(t, w.LogOut(t.Context(), u.ID, his.ID), fault.Unauthenticated, "session_not_found")
	w.wantRung()
	must(t, w.LogOut(t.Context(), u.ID, s.ID))
	w.wantRung(s.ID)
	want(t, w.LogOut(t.Context(), u.ID, s.ID), fault.Unauthenticated, "session_not_found")
	w.wantRung()
	w.wantSessions(u.ID, other)
	w.wantSessions(his.User, his)
}

func TestSessionIsRevokedByItsUserOnly(t *testing.T) {
	w := setup(t)
	u, s := w.ann()
	other := w.logIn()
	_, his := w.register("Bob")
	want(t, w.Revoke(t.Context(), u.ID, s.ID, his.ID), fault.NotFound, "session_not_found")
	want(t, w.Revoke(t.Context(), u.ID, s.ID, id.Session{UUID: id.New()}), fault.NotFound, "session_not_found")
	must(t, w.Revoke(t.Context(), u.ID, s.ID, other.ID))
	want(t, w.Revoke(t.Context(), u.ID, other.ID, s.ID), fault.Unauthenticated, "session_not_found")
	w.wantRung(other.ID)
	w.wantSessions(u.ID, s)
	w.wantSessions(his.User, his)
}

// TestRevocationOutlivesItsTokens: a token is good to the end of the second in
// which it expires, and by clocks that are not ours.
func TestRevocationOutlivesItsTokens(t *testing.T) {
	w := setup(t)
	u, s := w.ann()
	must(t, w.LogOut(t.Context(), u.ID, s.ID))
	for offset, want := range map[time.Duration]int{0: 1, time.Minute: 1, time.Hour - time.Second: 1, time.Hour: 0} {
		w.now = s.ExpiresAt.Add(offset)
		list, _, err := w.Revoked(t.Context(), -1)
		if err != nil || len(list) != want {
			t.Errorf("%v after the session expired: got %v, %v", offset, list, err)
		}
	}
}

// cleaner is a store of which only Purge and PurgeActs are used.
type cleaner struct {
	identity.Store
	purged chan time.Time
	errs   chan error // what Purge returns, one after the other
}

func (c *cleaner) Purge(_ context.Context, before time.Time) error {
	c.purged <- before
	return <-c.errs
}

func (c *cleaner) PurgeActs(_ context.Context, before time.Time) error {
	if got := time.Since(before); got != 400*24*time.Hour {
		return fmt.Errorf("acts are purged after %v", got)
	}
	return nil
}

func TestWhatExpiredIsPurgedAnHourLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &cleaner{purged: make(chan time.Time), errs: make(chan error)}
		a := identity.Accounts{Store: c, Now: time.Now}
		failed := make(chan error)
		ctx, cancel := context.WithCancel(t.Context())
		began := time.Now()
		over := make(chan struct{})
		go func() {
			defer close(over)
			a.Run(ctx, func(err error) { failed <- err })
		}()
		purge := func(want time.Duration, err error) {
			t.Helper()
			if got := (<-c.purged).Sub(began); got != want {
				t.Errorf("purged %v after the start, want %v", got, want)
			}
			c.errs <- err
		}
		purge(-50*time.Minute, nil)
		away := errors.New("away")
		purge(-40*time.Minute, away)
		if err := <-failed; !errors.Is(err, away) {
			t.Errorf("failed with %v", err)
		}
		purge(-30*time.Minute, nil)
		cancel()
		<-over
	})
}
