package redis_test

import (
	"slices"
	"testing"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/presence/internal/redis"
	"github.com/lair-chat/lair/services/presence/internal/roster"
	"github.com/lair-chat/lair/services/presence/internal/rostertest"
)

var conversation = id.Conversation{UUID: id.New()}

func want(t *testing.T, what string, got []roster.Change, err error, want ...roster.Change) {
	t.Helper()
	if err != nil || !slices.Equal(got, want) {
		t.Fatalf("%s: got %v, %v; want %v", what, got, err, want)
	}
}

func came(u id.User) roster.Change { return roster.Change{User: u, Online: true} }
func went(u id.User) roster.Change { return roster.Change{User: u} }

// pass lets time pass while the pod renews.
func pass(t *testing.T, f rostertest.Fixture, d time.Duration, pod string, users ...id.User) (c []roster.Change) {
	t.Helper()
	for ; d > 0; d -= time.Second {
		f.Advance(time.Second)
		got, err := f.One.Sweep(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		c = append(c, got...)
		got, err = f.One.Renew(t.Context(), pod, users)
		if err != nil {
			t.Fatal(err)
		}
		c = append(c, got...)
	}
	return c
}

// TestALossIsHealedInSilence: the server forgets everything, twice. Users 0
// and 1 stay, 2 left meanwhile, 3 is new.
func TestALossIsHealedInSilence(t *testing.T) {
	c := startServer(t).client(t)
	f := fixture(t, c)
	u := rostertest.Users(4)
	got, err := f.One.Renew(t.Context(), "a", u[:3])
	want(t, "before", got, err, came(u[0]), came(u[1]), came(u[2]))
	for range 2 {
		if err := c.FlushAll(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		got, err = f.One.Renew(t.Context(), "a", []id.User{u[0], u[1], u[3]})
		want(t, "after the loss", got, err, came(u[3]))
		online, total, err := f.One.Online(t.Context(), u)
		if !slices.Equal(online, u) || total != 4 || err != nil {
			t.Fatalf("after the loss %v, %v are online", online, err)
		}
		got = pass(t, f, rostertest.Expiry+2*time.Second, "a", u[0], u[1], u[3])
		want(t, "later", got, nil, went(u[2]))

		got, err = f.One.Report(t.Context(), "a", []id.User{u[2]}, []id.User{u[3]})
		want(t, "next", got, err, came(u[2]), went(u[3]))
	}
}

// TestAProcessWithoutAPastBelievesThePods: services and server start anew under
// gateways that live.
func TestAProcessWithoutAPastBelievesThePods(t *testing.T) {
	c := startServer(t).client(t)
	r := redis.New(c, rostertest.Expiry)
	u := rostertest.Users(4)
	got, err := r.Report(t.Context(), "a", u[:1], nil)
	want(t, "a user who arrives", got, err, came(u[0]))
	got, err = r.Renew(t.Context(), "a", u[:2])
	want(t, "the first word of a pod", got, err)
	got, err = r.Renew(t.Context(), "a", u[:3])
	want(t, "the second word", got, err, came(u[2]))

	// Until all pods have spoken, a user who leaves one may be on another.
	got, err = r.Report(t.Context(), "a", nil, u[:1])
	want(t, "a user who leaves", got, err, went(u[0]))
	got, err = r.Report(t.Context(), "b", nil, []id.User{u[0], u[3]})
	want(t, "a user nobody knew leaves", got, err, went(u[3]))
	got, err = r.Renew(t.Context(), "b", []id.User{u[0], u[1], u[3]})
	want(t, "who was said to be gone", got, err, came(u[0]), came(u[3]))
}

func TestASecondProcessHealsToo(t *testing.T) {
	c := startServer(t).client(t)
	f := fixture(t, c)
	u := rostertest.Users(3)
	for _, r := range []roster.Registry{f.One, f.Two} { // the pod's calls are spread
		if _, err := r.Renew(t.Context(), "a", u[:2]); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	got, err := f.Two.Report(t.Context(), "a", nil, u[:1])
	want(t, "departure", got, err, went(u[0]))
	got, err = f.One.Sweep(t.Context()) // it does not give back who left
	want(t, "sweep", got, err)
	online, _, err := f.One.Online(t.Context(), u)
	if !slices.Equal(online, u[1:2]) || err != nil {
		t.Fatalf("%v are online, %v", online, err)
	}
	got, err = f.One.Renew(t.Context(), "a", u[1:])
	want(t, "renewal", got, err, came(u[2]))
}

// TestDeadServer: while it is down every call says so, and when it is back,
// empty, everything works.
func TestDeadServer(t *testing.T) {
	s := startServer(t)
	f := fixture(t, s.client(t))
	u := rostertest.Users(3)
	if _, err := f.One.Renew(t.Context(), "a", u[:2]); err != nil {
		t.Fatal(err)
	}
	s.kill()
	for name, call := range map[string]func() error{
		"Report": func() error { _, err := f.One.Report(t.Context(), "a", u[2:], u[:1]); return err },
		"Renew":  func() error { _, err := f.One.Renew(t.Context(), "a", u[1:]); return err },
		"Sweep":  func() error { _, err := f.One.Sweep(t.Context()); return err },
		"Online": func() error { _, _, err := f.One.Online(t.Context(), u); return err },
		"All":    func() error { _, _, err := f.One.All(t.Context(), 10); return err },
		"Type":   func() error { _, err := f.One.Type(t.Context(), conversation, u[0]); return err },
	} {
		if err := call(); fault.KindOf(err) != fault.Unavailable || fault.CodeOf(err) != "unavailable" {
			t.Errorf("%s: %v", name, err)
		}
	}
	s.start(t)
	var got []roster.Change
	eventually(t, func() (err error) {
		got, err = f.One.Renew(t.Context(), "a", u[1:])
		return err
	})
	want(t, "renewal", got, nil, came(u[2]))
	got = pass(t, f, rostertest.Expiry+2*time.Second, "a", u[1:]...)
	want(t, "the departure in between", got, nil, went(u[0]))
}

// TestServerThatRemembers: it was away for longer than the expiry time, but
// saved.
func TestServerThatRemembers(t *testing.T) {
	s := startServer(t)
	c := s.client(t)
	f := fixture(t, c)
	u := rostertest.Users(2)
	if _, err := f.One.Renew(t.Context(), "a", u); err != nil {
		t.Fatal(err)
	}
	if err := c.Save(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	s.kill()
	s.start(t)
	eventually(t, func() error { return c.Ping(t.Context()).Err() })
	f.Advance(2 * rostertest.Expiry)
	got, err := f.Two.Sweep(t.Context())
	want(t, "sweep", got, err)
	got, err = f.Two.Renew(t.Context(), "a", u[:1])
	want(t, "renewal", got, err)
	got = pass(t, f, rostertest.Expiry+2*time.Second, "a", u[0])
	want(t, "who did not come back", got, nil, went(u[1]))
}
