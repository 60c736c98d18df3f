package rostertest

import (
	"slices"
	"testing"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/presence/internal/roster"
)

func online(t *testing.T, f Fixture) {
	u := Users(5)
	for _, limit := range []int{1, 10_000} {
		if got, total, err := f.One.All(t.Context(), limit); len(got) != 0 || total != 0 || err != nil {
			t.Fatalf("an empty registry has %v, %d, %v", got, total, err)
		}
	}
	f.wantOnline(t, u)
	f.report(t, "a", u[:3], nil)
	got, total, err := f.Two.Online(t.Context(), u[2:])
	if !slices.Equal(got, u[2:3]) || total != 3 || err != nil {
		t.Fatalf("got %v, %d, %v", got, total, err)
	}
	for limit, want := range map[int]int{1: 1, 2: 2, 3: 3, 100: 3} {
		got, total, err := f.Two.All(t.Context(), limit)
		if len(got) != want || total != 3 || err != nil {
			t.Errorf("limit %d: got %v, %d, %v", limit, got, total, err)
		}
		for _, g := range got {
			if !slices.Contains(u[:3], g) {
				t.Errorf("%v is not online", g)
			}
		}
	}
}

func typing(t *testing.T, f Fixture) {
	u := Users(2)
	here, there := id.Conversation{UUID: id.New()}, id.Conversation{UUID: id.New()}
	try := func(r roster.Registry, c id.Conversation, u id.User, want bool) {
		t.Helper()
		if got, err := r.Type(t.Context(), c, u); got != want || err != nil {
			t.Fatalf("got %v, %v; want %v", got, err, want)
		}
	}
	try(f.One, here, u[0], true)
	try(f.Two, here, u[0], false)
	try(f.One, here, u[1], true)
	try(f.One, there, u[0], true)
	f.Advance(roster.TypingEvery / 2)
	try(f.One, here, u[0], false) // what is dropped does not prolong
	f.Advance(roster.TypingEvery/2 + 1)
	try(f.Two, here, u[0], true)
	f.Advance(roster.TypingEvery + 1)
	f.pass(t, roster.SweepEvery(Expiry))
	try(f.One, here, u[0], true)
}
