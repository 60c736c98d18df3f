package session_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

const stroke = 21 * time.Second // the clock has struck by then

// ahead is when clocks warn. Logins last an hour.
const ahead = 10 * time.Minute

// clocked is run with a clock.
func clocked(t *testing.T, warning time.Duration, test func(w *world)) {
	t.Helper()
	run(t, func(w *world) {
		w.warning = warning
		w.gate = w.newGate()
		ctx, cancel := context.WithCancel(w.t.Context())
		done := make(chan error, 1)
		go func() { done <- w.gate.Clock(ctx) }()
		test(w)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// pass lets the time pass.
func (w *world) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// expiring is the warning of an end.
func expiring(login string, end time.Time) string {
	return `{"type":"session_expiring","session_id":"` + login + `","expires_at":"` + end.UTC().Format("2006-01-02T15:04:05.999999999-07:00") + `"}`
}

func TestEveryConnectionIsWarnedOnceOfTheEnd(t *testing.T) {
	clocked(t, ahead, func(w *world) {
		a, b, c, unknown := w.enter("ann", ""), w.enter("ann", resume), w.enter("bob", ""), w.open()
		w.pass(50*time.Minute - stroke)
		a.wantNothing()
		w.pass(2 * stroke)
		a.want(expiring(annLogin.String(), w.expires))
		b.want(expiring(annLogin.String(), w.expires)) // also who has not resumed
		c.want(expiring(bobLogin.String(), w.expires))
		w.pass(5 * time.Minute)
		late := w.enter("ann", "")
		w.pass(stroke)
		late.want(expiring(annLogin.String(), w.expires))
		for _, c := range []*client{a, b, c, late, unknown} {
			c.wantOpen()
			c.Close()
		}
	})
}

func TestAConnectionEndsWithItsLoginAlthoughTheClientIsSilent(t *testing.T) {
	clocked(t, ahead, func(w *world) {
		c := w.enter("ann", "")
		w.pass(55 * time.Minute)
		c.want(expiring(annLogin.String(), w.expires))
		w.set(func() { w.checks[annLogin] = errExpired })
		w.pass(5*time.Minute - time.Second)
		c.wantOpen()
		w.pass(stroke)
		c.wantEnd("session_expired", clientv1.CloseSessionExpired)
		c.Close()
	})
}

func TestAnExtendedLoginIsWarnedAgainOnlyBeforeItsNewEnd(t *testing.T) {
	for _, when := range []time.Duration{30 * time.Minute, 55 * time.Minute} { // before and after the warning
		clocked(t, ahead, func(w *world) {
			c := w.enter("ann", "")
			w.pass(when)
			if when > 50*time.Minute {
				c.want(expiring(annLogin.String(), w.expires))
			}
			w.set(func() { w.expires = w.expires.Add(time.Hour) })
			w.pass(110*time.Minute - when - stroke)
			c.wantOpen()
			w.pass(2 * stroke)
			c.want(expiring(annLogin.String(), w.expires))
			w.set(func() { w.checks[annLogin] = errExpired })
			w.pass(10 * time.Minute)
			c.wantEnd("session_expired", clientv1.CloseSessionExpired)
			c.Close()
		})
	}
}

func TestConnectionsStayWhileAuthIsAway(t *testing.T) {
	clocked(t, ahead, func(w *world) {
		c := w.enter("ann", "")
		w.set(func() { w.checks[annLogin] = errDown })
		w.pass(2 * time.Hour)
		c.wantOpen()
		w.set(func() { w.checks[annLogin] = errExpired })
		w.pass(stroke)
		c.wantEnd("session_expired", clientv1.CloseSessionExpired)
		c.Close()
	})
}

func TestTheClockHearsOfARevocationThatTheBellDidNot(t *testing.T) {
	clocked(t, ahead, func(w *world) {
		c := w.enter("ann", "")
		w.set(func() { w.checks[annLogin] = fault.New(fault.Unauthenticated, "session_not_found", "no") })
		w.pass(50*time.Minute + stroke)
		c.wantEnd("session_revoked", clientv1.CloseSessionRevoked)
		c.Close()
	})
}

func TestAGateThatDoesNotWarnStillEnds(t *testing.T) {
	clocked(t, 0, func(w *world) {
		c := w.enter("ann", "")
		w.pass(time.Hour - time.Second)
		c.wantOpen()
		w.set(func() { w.checks[annLogin] = errExpired })
		w.pass(stroke)
		c.wantEnd("session_expired", clientv1.CloseSessionExpired)
		c.Close()
	})
}
