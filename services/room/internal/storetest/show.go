package storetest

import (
	"slices"
	"testing"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
	"github.com/lair-chat/lair/services/room/internal/membership"
)

// listed returns the names that the query finds.
func (w *world) listed(t *testing.T, u id.User, q membership.Query) (names []string, total int) {
	t.Helper()
	views, total, _, err := w.List(t.Context(), u, q)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range views {
		names = append(names, v.Name)
	}
	return names, total
}

func (w *world) wantList(t *testing.T, u id.User, q membership.Query, total int, names ...string) {
	t.Helper()
	if q.Limit == 0 {
		q.Limit = 100
	}
	got, n := w.listed(t, u, q)
	if !slices.Equal(got, names) || n != total {
		t.Errorf("%+v: got %q of %d, want %q of %d", q, got, n, names, total)
	}
}

func pages(t *testing.T, w *world) {
	ann := w.user(t)
	for _, name := range []string{"beta", "Alpha", "Übung", "zoo", "Gamma", "_x", "alpha 2"} {
		w.room(t, named(name), ann)
	}
	// By name without regard to ASCII case; the rest in the order of its bytes.
	all := []string{"_x", "Alpha", "alpha 2", "beta", "Gamma", "zoo", "Übung"}
	w.wantList(t, ann, membership.Query{}, 7, all...)
	w.wantList(t, ann, membership.Query{Limit: 3}, 7, all[:3]...)
	w.wantList(t, ann, membership.Query{Limit: 3, Offset: 3}, 7, all[3:6]...)
	w.wantList(t, ann, membership.Query{Limit: 3, Offset: 6}, 7, all[6:]...)
	w.wantList(t, ann, membership.Query{Limit: 3, Offset: 7}, 7)
	w.wantList(t, ann, membership.Query{Limit: membership.MaxPage, Offset: 1 << 30}, 7)
}

func search(t *testing.T, w *world) {
	ann := w.user(t)
	for _, name := range []string{"Tea room", "green TEA", "steam", "100% Ä_b\\c", "coffee"} {
		w.room(t, named(name), ann)
	}
	for text, want := range map[string][]string{
		"":    {"100% Ä_b\\c", "coffee", "green TEA", "steam", "Tea room"},
		"tEa": {"green TEA", "steam", "Tea room"},
		"a r": {"Tea room"},
		"%":   {"100% Ä_b\\c"}, // no pattern, only text
		"_":   {"100% Ä_b\\c"},
		`\`:   {"100% Ä_b\\c"},
		"Ä":   {"100% Ä_b\\c"},
		"ä":   nil,
		"'":   nil,
		"tee": nil,
	} {
		w.wantList(t, ann, membership.Query{Search: text}, len(want), want...)
	}
	w.wantList(t, ann, membership.Query{Search: "tea", Limit: 1, Offset: 1}, 3, "steam")
}

func narrowed(t *testing.T, w *world) {
	ann, bob := w.user(t), w.user(t)
	w.room(t, named("a"), ann)
	b := w.room(t, named("b"), ann, bob)
	w.room(t, membership.Room{Name: "c", Private: true}, bob)
	w.wantList(t, bob, membership.Query{}, 3, "a", "b", "c")
	w.wantList(t, bob, membership.Query{PublicOnly: true}, 2, "a", "b")
	w.wantList(t, bob, membership.Query{MineOnly: true}, 2, "b", "c")
	w.wantList(t, bob, membership.Query{MineOnly: true, PublicOnly: true}, 1, "b")
	w.wantList(t, bob, membership.Query{MineOnly: true, Search: "C"}, 1, "c")
	w.wantList(t, w.user(t), membership.Query{MineOnly: true}, 0)

	views, _, _, err := w.List(t.Context(), bob, membership.Query{Limit: 9})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct{ members, role int }{{1, 0}, {2, int(journal.Plain)}, {1, int(journal.Owner)}} {
		v := views[i]
		if v.Count != want.members || int(v.Member.Role) != want.role || v.Member.Active() != (want.role > 0) {
			t.Errorf("%s: %d members, I am %+v", v.Name, v.Count, v.Member)
		}
	}
	if err := w.Leave(t.Context(), bob, b); err != nil {
		t.Fatal(err)
	}
	w.wantList(t, bob, membership.Query{MineOnly: true}, 1, "c")
}

func listPrivate(t *testing.T, w *world) {
	ann, bob, eve := w.user(t), w.user(t), w.user(t)
	den := w.room(t, membership.Room{Name: "den", Private: true}, ann)
	w.room(t, named("hall"), ann)
	w.change(t, den, bob, func(m *journal.Member) { m.Role, m.JoinedAt, m.JoinedSeq = journal.Plain, start, 1 })
	w.wantList(t, ann, membership.Query{}, 2, "den", "hall")
	w.wantList(t, bob, membership.Query{}, 2, "den", "hall")
	w.wantList(t, eve, membership.Query{}, 1, "hall")
	w.wantList(t, eve, membership.Query{Search: "den"}, 0)
	w.wantList(t, eve, membership.Query{Search: "den", Mine: []id.Room{den}}, 0) // nobody says himself what is his
	if err := w.Leave(t.Context(), bob, den); err != nil {
		t.Fatal(err)
	}
	w.wantList(t, bob, membership.Query{}, 1, "hall")
}

func hidden(t *testing.T, w *world) {
	ann, eve := w.user(t), w.user(t)
	den := w.room(t, membership.Room{Name: "den", Private: true}, ann)
	hall := w.room(t, named("hall"), ann)
	nowhere := id.Room{UUID: id.New()}
	v, err := w.Get(t.Context(), ann, den)
	if err != nil || v.Name != "den" || v.Count != 1 || v.Member.Role != journal.Owner {
		t.Errorf("its owner gets %+v, %v", v, err)
	}
	v, err = w.Get(t.Context(), eve, hall)
	if err != nil || v.Name != "hall" || v.Count != 1 || v.Member.Active() {
		t.Errorf("a stranger gets %+v, %v", v, err)
	}
	for _, room := range []id.Room{den, nowhere} {
		_, err := w.Get(t.Context(), eve, room)
		refused(t, err, "room_not_found")
		_, _, err = w.Members(t.Context(), eve, room, membership.Page{})
		refused(t, err, "room_not_found")
	}
	_, _, err = w.Members(t.Context(), eve, hall, membership.Page{})
	refused(t, err, "not_room_member")
}

func members(t *testing.T, w *world) {
	people := w.users(t, 7)
	hall := w.room(t, named("hall"), people[0], people[1:]...)
	for u, role := range map[int]journal.Role{2: journal.Moderator, 3: journal.Owner, 5: journal.Moderator} {
		w.change(t, hall, people[u], func(m *journal.Member) { m.Role = role })
	}
	// Who comes back is the newest.
	if err := w.Leave(t.Context(), people[1], hall); err != nil {
		t.Fatal(err)
	}
	if err := w.Leave(t.Context(), people[6], hall); err != nil {
		t.Fatal(err)
	}
	w.join(t, people[1], hall)
	all := []int{0, 3, 2, 5, 4, 1}
	for p, want := range map[membership.Page][]int{
		{}: all, {Limit: 4}: all[:4], {Limit: 4, Offset: 3}: all[3:], {Offset: 1}: all[1:], {Limit: 1000, Offset: 6}: nil,
	} {
		list, total, err := w.Members(t.Context(), people[4], hall, p)
		if err != nil || total != 6 {
			t.Errorf("%+v: %d, %v", p, total, err)
		}
		var got []int
		for _, m := range list {
			got = append(got, slices.Index(people, m.User))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%+v: got %v, want %v", p, got, want)
		}
	}
	_, _, err := w.Members(t.Context(), people[4], hall, membership.Page{Limit: 1001})
	refused(t, err, "validation_failed")
}
