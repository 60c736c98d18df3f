package storetest

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/room/internal/membership"
)

// places: what is made and deleted meanwhile moves nothing.
func places(t *testing.T, w *world) {
	ann := w.user(t)
	rooms := map[string]id.Room{}
	for _, name := range []string{"beta", "Alpha", "zoo", "Gamma", "alpha 2"} {
		rooms[name] = w.room(t, named(name), ann)
	}
	read := func(q membership.Query) (names []string, next string) {
		t.Helper()
		views, _, next, err := w.List(t.Context(), ann, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range views {
			names = append(names, v.Name)
		}
		return names, next
	}
	got, next := read(membership.Query{Limit: 2})
	if !slices.Equal(got, []string{"Alpha", "alpha 2"}) || next != "alpha 2" {
		t.Errorf("got %q, %q", got, next)
	}
	w.room(t, named("aa"), ann)
	if err := w.Delete(t.Context(), ann, rooms["alpha 2"]); err != nil {
		t.Fatal(err)
	}
	got, next = read(membership.Query{Limit: 2, After: next})
	if !slices.Equal(got, []string{"beta", "Gamma"}) || next != "gamma" {
		t.Errorf("got %q, %q", got, next)
	}
	got, next = read(membership.Query{Limit: 1, After: next})
	if !slices.Equal(got, []string{"zoo"}) || next != "" {
		t.Errorf("got %q, %q", got, next)
	}
	if got, next = read(membership.Query{Limit: 9, After: "alpha", Search: "A", MineOnly: true, PublicOnly: true}); !slices.Equal(got, []string{"beta", "Gamma"}) || next != "" {
		t.Errorf("got %q, %q", got, next)
	}
	_, _, _, err := w.List(t.Context(), ann, membership.Query{Limit: 1, After: "\xff"})
	refused(t, err, "validation_failed")
}

func blockList(t *testing.T, w *world) {
	ann, others := w.user(t), w.users(t, 3)
	for _, u := range append(others, others[0]) { // once more is no news
		if err := w.SetBlock(t.Context(), ann, u, true); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.SetBlock(t.Context(), others[0], ann, true); err != nil {
		t.Fatal(err)
	}
	for p, want := range map[membership.Page][]id.User{
		{}: {others[2], others[1], others[0]}, {Limit: 2}: {others[2], others[1]}, {Limit: 2, Offset: 2}: {others[0]},
	} {
		list, more, err := w.Blocks(t.Context(), ann, p)
		var got []id.User
		for i, b := range list {
			if got = append(got, b.User); b.By != ann || b.At.Before(start) || i > 0 && !b.At.Before(list[i-1].At) {
				t.Errorf("%+v", b)
			}
		}
		if diff := cmp.Diff(want, got); err != nil || diff != "" || more != (p.Limit == 2 && p.Offset == 0) {
			t.Errorf("%+v: %v %v %s", p, more, err, diff)
		}
	}
	_, _, err := w.Blocks(t.Context(), ann, membership.Page{Limit: 1001})
	refused(t, err, "validation_failed")
}

func removeRoom(t *testing.T, w *world) {
	ann, bob, root := w.user(t), w.user(t), w.user(t)
	den := w.room(t, membership.Room{Name: "den", Private: true}, ann)
	w.invite(t, ann, den, bob)
	if err := w.Remove(t.Context(), root, den); err != nil {
		t.Fatal(err)
	}
	refused(t, w.Remove(t.Context(), root, den), "room_not_found")
	if diff := cmp.Diff([]string{string(w.Wire.Deleted("den"))}, w.bodies(t, den, 1)); diff != "" {
		t.Error(diff)
	}
	if m := w.row(t, den, ann); m.LeftSeq != 2 {
		t.Errorf("left with %d", m.LeftSeq)
	}
	if list, _, err := w.Invitations(t.Context(), bob, membership.Page{}); err != nil || len(list) != 0 {
		t.Errorf("%v, %v", list, err)
	}
	w.room(t, named("den"), bob) // the name is free
}
