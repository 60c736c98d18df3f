package storetest

import (
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/auth/internal/identity"
)

// wantList expects the names in this order, and the number on all pages.
func (s suite) wantList(q identity.Query, want string, total int) {
	s.Helper()
	list, n, err := s.ListUsers(s.Context(), q)
	if err != nil || names(list) != want || n != total {
		s.Errorf("%+v: got %s of %d, %v; want %s of %d", q, names(list), n, err, want, total)
	}
}

func (s suite) listed() {
	made := map[string]identity.User{}
	for _, name := range []string{"bob", "Ünal", "Zoe", "ann", "a_z", "Carol", "aZ9"} {
		made[name] = s.user(name)
	}
	all := identity.Query{Limit: 100}
	s.wantList(all, "[a_z ann aZ9 bob Carol Zoe Ünal]", 7) // bytewise, but ASCII without case
	list, _, err := s.ListUsers(s.Context(), all)
	s.must(err)
	if diff := cmp.Diff(made["a_z"], list[0]); diff != "" {
		s.Error(diff)
	}
	some := []id.User{made["Zoe"].ID, {UUID: id.New()}, made["bob"].ID, made["Zoe"].ID}
	s.wantList(identity.Query{Only: some, Limit: 100}, "[bob Zoe]", 2)
	s.wantList(identity.Query{Only: some, Search: "o", Limit: 1, Offset: 1}, "[Zoe]", 2)
	s.wantList(identity.Query{Only: []id.User{}, Limit: 100}, "[]", 0)

	got, err := s.Users(s.Context(), some)
	s.must(err)
	slices.SortFunc(got, func(a, b identity.User) int { return strings.Compare(a.Username, b.Username) })
	if diff := cmp.Diff([]identity.User{made["Zoe"], made["bob"]}, got); diff != "" {
		s.Error(diff)
	}
	if got, err := s.Users(s.Context(), nil); err != nil || len(got) != 0 {
		s.Errorf("got %v, %v", got, err)
	}
}

func (s suite) searched() {
	for _, name := range []string{"Anna", "Joanne", "bob", "b_b", "Ünal"} {
		s.user(name)
	}
	for search, want := range map[string]string{
		"ann": "[Anna Joanne]", "b": "[b_b bob]", "_": "[b_b]", "%": "[]", "b_": "[b_b]", "Ünal": "[Ünal]",
		"ünal": "[]", "Ann": "[]", // the caller makes it a key
		"example": "[]", // never addresses
	} {
		list, n, err := s.ListUsers(s.Context(), identity.Query{Search: search, Limit: 9})
		if err != nil || names(list) != want || n != len(list) {
			s.Errorf("%q: got %s of %d, %v; want %s", search, names(list), n, err, want)
		}
	}
}

func (s suite) paged() {
	for _, name := range []string{"eve", "dan", "cat", "bob", "ann"} {
		s.user(name)
	}
	s.wantList(identity.Query{Limit: 2}, "[ann bob]", 5)
	s.wantList(identity.Query{Limit: 2, Offset: 2}, "[cat dan]", 5)
	s.wantList(identity.Query{Limit: 2, Offset: 4}, "[eve]", 5)
	s.wantList(identity.Query{Limit: 2, Offset: 5}, "[]", 5)
	s.wantList(identity.Query{Limit: 2, Offset: 1 << 30}, "[]", 5)
	s.wantList(identity.Query{Limit: 2, After: "bob"}, "[cat dan]", 5)
	s.wantList(identity.Query{Limit: 2, After: "bobby"}, "[cat dan]", 5) // nobody has to be there
	s.wantList(identity.Query{Limit: 2, After: "ann", Search: "a"}, "[cat dan]", 3)
	s.wantList(identity.Query{Limit: 2, After: "eve"}, "[]", 5)
}
