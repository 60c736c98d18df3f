// Package rostertest is the contract of roster.Registry, as a test.
package rostertest

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/presence/internal/roster"
)

// Expiry is the expiry time of the registries under test.
const Expiry = 15 * time.Second

// Fixture is an empty registry under test.
type Fixture struct {
	// One and Two are the registry as two presence processes have it. They may
	// be the same if it lives in one process.
	One, Two roster.Registry
	// Advance lets time pass for the registry.
	Advance func(time.Duration)
}

// Run checks the registry that open returns.
func Run(t *testing.T, open func(testing.TB) Fixture) {
	t.Helper()
	for _, test := range []struct {
		name string
		run  func(*testing.T, Fixture)
	}{
		{"FirstArrivalAndLastDepartureCount", firstAndLast},
		{"RepeatsChangeNothing", repeats},
		{"ReconnectingElsewhereStaysOnline", reconnect},
		{"RenewFindsWhoIsNew", renewNew},
		{"SilentPodLosesItsUsersOnce", silence},
		{"RenewedUsersStay", renewed},
		{"DeadPodDoesNotKeepUsersForever", deadPod},
		{"OutageKillsNobody", outage},
		{"OnlineAnswers", online},
		{"TypingIsLimited", typing},
		{"LargeListsWork", large},
		{"TwoSweepersShareTheWork", sweepers},
		{"PodsAtTheSameTimeEndConsistent", concurrent},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, open(t)) })
	}
}

// Users returns n new users.
func Users(n int) []id.User {
	users := make([]id.User, n)
	for i := range users {
		users[i].UUID = id.New()
	}
	return users
}

// changes collects what a registry returns.
type changes []roster.Change

func (c *changes) add(t *testing.T, more []roster.Change, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	*c = append(*c, more...)
}

// came and went are what a test expects.
func came(users ...id.User) (c changes) {
	for _, u := range users {
		c = append(c, roster.Change{User: u, Online: true})
	}
	return c
}

func went(users ...id.User) (c changes) {
	for _, u := range users {
		c = append(c, roster.Change{User: u})
	}
	return c
}

func (c changes) want(t *testing.T, want changes) {
	t.Helper()
	order := func(a, b roster.Change) int {
		return cmp.Or(slices.Compare(a.User.UUID[:], b.User.UUID[:]), cmp.Compare(state(a), state(b)))
	}
	got, want := slices.Clone(c), slices.Clone(want)
	slices.SortFunc(got, order)
	slices.SortFunc(want, order)
	if !slices.Equal(got, want) {
		t.Fatalf("%d changes, want %d: %.200v, want %.200v", len(got), len(want), got, want)
	}
}

func state(c roster.Change) int {
	if c.Online {
		return 1
	}
	return 0
}

func (f Fixture) report(t *testing.T, pod string, arrived, departed []id.User) changes {
	t.Helper()
	var c changes
	got, err := f.One.Report(t.Context(), pod, arrived, departed)
	c.add(t, got, err)
	return c
}

func (f Fixture) renew(t *testing.T, pod string, users ...id.User) changes {
	t.Helper()
	var c changes
	got, err := f.One.Renew(t.Context(), pod, users)
	c.add(t, got, err)
	return c
}

// pass lets time pass as it does when the service sweeps.
func (f Fixture) pass(t *testing.T, d time.Duration) (c changes) {
	t.Helper()
	for step := roster.SweepEvery(Expiry); d > 0; d -= step {
		f.Advance(min(d, step))
		got, err := f.One.Sweep(t.Context())
		c.add(t, got, err)
	}
	return c
}

// wantOnline checks that exactly these of all users are online.
func (f Fixture) wantOnline(t *testing.T, all []id.User, want ...id.User) {
	t.Helper()
	got, _, err := f.Two.Online(t.Context(), all)
	if err != nil {
		t.Fatal(err)
	}
	came(got...).want(t, came(want...))
}
