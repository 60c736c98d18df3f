package rostertest

import (
	"testing"
	"time"
)

func firstAndLast(t *testing.T, f Fixture) {
	u := Users(3)
	f.report(t, "a", u[:2], nil).want(t, came(u[:2]...))
	f.report(t, "b", u[1:], nil).want(t, came(u[2]))
	f.wantOnline(t, u, u...)
	f.report(t, "a", nil, u[:2]).want(t, went(u[0]))
	f.report(t, "b", u[:1], u[1:]).want(t, append(came(u[0]), went(u[1:]...)...))
	f.wantOnline(t, u, u[0])
}

func repeats(t *testing.T, f Fixture) {
	u := Users(1)
	f.report(t, "a", nil, u).want(t, nil)
	f.report(t, "a", u, nil).want(t, came(u...))
	f.report(t, "a", u, nil).want(t, nil)
	f.renew(t, "a", u...).want(t, nil)
	f.report(t, "a", nil, u).want(t, went(u...))
	f.report(t, "a", nil, u).want(t, nil)
	f.report(t, "a", nil, nil).want(t, nil)
	f.wantOnline(t, u)
}

func reconnect(t *testing.T, f Fixture) {
	u := Users(1)
	f.report(t, "a", u, nil)
	f.report(t, "b", u, nil).want(t, nil)
	f.report(t, "a", nil, u).want(t, nil)
	f.wantOnline(t, u, u...)
	f.renew(t, "b", u...).want(t, nil)
	f.pass(t, Expiry-time.Second).want(t, nil)
	f.wantOnline(t, u, u...)
}

func renewNew(t *testing.T, f Fixture) {
	u := Users(3)
	f.renew(t, "a", u[0])
	f.renew(t, "a", u[:2]...).want(t, came(u[1]))
	f.renew(t, "b", u...).want(t, came(u[2]))
}

func silence(t *testing.T, f Fixture) {
	u := Users(3)
	f.report(t, "a", u, nil)
	f.report(t, "b", u[2:], nil)
	f.pass(t, 10*time.Second).want(t, nil)
	f.renew(t, "b", u[2]).want(t, nil)
	f.pass(t, 4*time.Second).want(t, nil)
	f.pass(t, 2*time.Second).want(t, went(u[:2]...))
	f.wantOnline(t, u, u[2])
	f.pass(t, Expiry).want(t, went(u[2]))
	f.wantOnline(t, u)
	f.report(t, "a", u, nil).want(t, came(u...))
}

func renewed(t *testing.T, f Fixture) {
	u := Users(2)
	f.report(t, "a", u, nil)
	for range 10 {
		f.pass(t, 5*time.Second).want(t, nil)
		f.renew(t, "a", u...).want(t, nil)
	}
	f.wantOnline(t, u, u...)
}

// deadPod: the last departure is that from a pod which lives, while the entry
// of one that does not is still there.
func deadPod(t *testing.T, f Fixture) {
	u := Users(1)
	f.report(t, "dead", u, nil)
	f.pass(t, 10*time.Second)
	f.report(t, "b", u, nil).want(t, nil)
	f.report(t, "b", nil, u).want(t, nil)
	f.wantOnline(t, u, u...)
	f.pass(t, 6*time.Second).want(t, went(u...))

	f.report(t, "dead", u, nil).want(t, came(u...))
	f.pass(t, 10*time.Second)
	f.report(t, "b", u, nil)
	f.pass(t, 6*time.Second).want(t, nil)
	f.report(t, "b", nil, u).want(t, went(u...))
}

// outage: while nothing reaches the registry nobody can renew, so nobody is
// late.
func outage(t *testing.T, f Fixture) {
	u := Users(3)
	f.report(t, "a", u, nil)
	f.report(t, "b", u[:1], nil)
	f.Advance(2 * Expiry)
	got, err := f.One.Sweep(t.Context())
	changes(got).want(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	f.wantOnline(t, u, u...)
	f.report(t, "a", nil, u[:1]).want(t, nil) // b had no time to renew
	f.pass(t, 5*time.Second).want(t, nil)
	f.renew(t, "a", u[:2]...).want(t, nil)
	f.pass(t, 11*time.Second).want(t, went(u[2]))
	f.pass(t, 6*time.Second).want(t, went(u[:2]...))
}
