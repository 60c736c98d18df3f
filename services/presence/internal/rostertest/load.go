package rostertest

import (
	"sync"
	"testing"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/presence/internal/roster"
)

func large(t *testing.T, f Fixture) {
	u := Users(roster.MaxUsers)
	f.report(t, "a", u, nil).want(t, came(u...))
	f.renew(t, "a", u...).want(t, nil)
	f.wantOnline(t, u, u...)
	got, total, err := f.One.All(t.Context(), roster.MaxUsers)
	if len(got) != len(u) || total != len(u) || err != nil {
		t.Fatalf("got %d of %d, %v", len(got), total, err)
	}
	more := Users(2500)
	f.report(t, "a", more, u).want(t, append(came(more...), went(u...)...))
	f.wantOnline(t, append(more, u...), more...)
}

func sweepers(t *testing.T, f Fixture) {
	u := Users(5000)
	f.report(t, "a", u, nil)
	f.pass(t, Expiry-2*roster.SweepEvery(Expiry)).want(t, nil)
	f.Advance(2 * roster.SweepEvery(Expiry))
	var mu sync.Mutex
	var all changes
	var g sync.WaitGroup
	for _, r := range []roster.Registry{f.One, f.Two, f.One, f.Two} {
		g.Go(func() {
			got, err := r.Sweep(t.Context())
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, got...)
		})
	}
	g.Wait()
	all.want(t, went(u...))
}

// concurrent lets eight goroutines come and go, each with a group of users on
// a pod. A group is on both pods, so that they meet in each user.
func concurrent(t *testing.T, f Fixture) {
	const groups, rounds = 4, 25
	u := Users(groups * 8)
	var mu sync.Mutex
	here := make(map[id.User]int) // on how many pods
	net := make(map[id.User]int)  // arrivals less departures
	note := func(t *testing.T, got []roster.Change, err error) {
		if err != nil {
			t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		for _, c := range got {
			net[c.User] += 2*state(c) - 1
		}
	}
	var g sync.WaitGroup
	for i := range groups * 2 {
		r, pod, group := f.One, "a", u[i/2*8:i/2*8+8]
		if i%2 == 1 {
			r, pod = f.Two, "b"
		}
		g.Go(func() {
			for n := range rounds {
				got, err := r.Report(t.Context(), pod, group, nil)
				note(t, got, err)
				got, err = r.Renew(t.Context(), pod, group[:n%8])
				note(t, got, err)
				// The last round leaves some, others on each pod.
				leave := group
				if n == rounds-1 {
					leave = group[i%2*3 : i%2*3+4]
				}
				got, err = r.Report(t.Context(), pod, nil, leave)
				note(t, got, err)
			}
			mu.Lock()
			defer mu.Unlock()
			for k, user := range group {
				if k < i%2*3 || k >= i%2*3+4 {
					here[user]++
				}
			}
		})
	}
	g.Wait()
	var want []id.User
	for _, user := range u {
		online := min(here[user], 1)
		if online == 1 {
			want = append(want, user)
		}
		if net[user] != online {
			t.Errorf("a user on %d pods was announced %+d times", here[user], net[user])
		}
	}
	if len(want) == len(u) {
		t.Fatal("the test lets nobody go")
	}
	f.wantOnline(t, u, want...)
}
