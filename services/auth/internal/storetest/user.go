package storetest

import (
	"errors"
	"fmt"

	"github.com/google/go-cmp/cmp"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/auth/internal/identity"
)

// wantUser asks for a user in every way there is.
func (s suite) wantUser(want identity.User) {
	s.Helper()
	byID, err := s.User(s.Context(), want.ID)
	s.must(err)
	byName, err := s.UserByLogin(s.Context(), identity.Key(want.Username))
	s.must(err)
	byAddress, err := s.UserByLogin(s.Context(), identity.Key(want.Email))
	s.must(err)
	for _, got := range []identity.User{byID, byName, byAddress} {
		if diff := cmp.Diff(want, got); diff != "" {
			s.Error(diff)
		}
	}
}

func (s suite) wantNobody(u identity.User) {
	s.Helper()
	if _, err := s.User(s.Context(), u.ID); !errors.Is(err, identity.ErrNoUser) {
		s.Errorf("the user is there: %v", err)
	}
	_, heads, err := s.Journal.Heads(s.Context(), nil, []id.User{u.ID})
	if _, ok := heads[u.ID]; ok || err != nil {
		s.Errorf("the journal has a head: %v, %v", heads, err)
	}
}

func (s suite) register() {
	ann, bob := person("Ann"), person("Bob")
	first := login(ann)
	s.must(s.Register(s.Context(), ann, &first))
	s.must(s.Register(s.Context(), bob, nil))
	s.wantUser(ann)
	s.wantUser(bob)
	got, err := s.Session(s.Context(), first.ID)
	s.must(err)
	if diff := cmp.Diff(first, got); diff != "" {
		s.Error(diff)
	}
	if list := s.sessions(bob); len(list) != 0 {
		s.Errorf("bob has sessions: %v", list)
	}
	_, heads, err := s.Journal.Heads(s.Context(), nil, []id.User{ann.ID, bob.ID})
	if err != nil || len(heads) != 2 {
		s.Errorf("heads in the journal: %v, %v", heads, err)
	}
	for _, key := range []string{"Ann", "an", "ann@example", "", "carol"} {
		if _, err := s.UserByLogin(s.Context(), key); !errors.Is(err, identity.ErrNoUser) {
			s.Errorf("%q: %v", key, err)
		}
	}
}

func (s suite) unique() {
	s.user("Ann")
	s.user("bob")
	for _, test := range []struct {
		name, email string
		want        error
	}{
		{"aNN", "other@example.com", identity.ErrUsernameTaken},
		{"other", "ann@example.com", identity.ErrEmailTaken},
		{"other", "ANN@example.com", identity.ErrEmailTaken},
		{"ANN", "ann@example.com", identity.ErrUsernameTaken},
		{"ann", "bob@example.com", identity.ErrUsernameTaken}, // two refuse: the name comes first
		{"Ünal", "a@example.com", nil},
		{"ünal", "b@example.com", nil}, // only ASCII is folded
		{"A_n", "c@example.com", nil},
	} {
		u := person(test.name)
		u.Email = test.email
		if err := s.Register(s.Context(), u, nil); !errors.Is(err, test.want) {
			s.Errorf("%s, %s: got %v, want %v", test.name, test.email, err, test.want)
		}
	}
}

func (s suite) refusedUser() {
	s.user("ann")
	again, same := person("ANN"), person("other")
	again.Email, same.Email = "other@example.com", "ann@example.com"
	for _, u := range []identity.User{again, same} {
		x := login(u)
		if err := s.Register(s.Context(), u, &x); err == nil {
			s.Fatalf("%s was registered", u.Username)
		}
		s.wantNobody(u)
		if _, err := s.Session(s.Context(), x.ID); !errors.Is(err, identity.ErrNoSession) {
			s.Errorf("the session is there: %v", err)
		}
	}
}

// oneRegisters registers all at once, and expects one success and this refusal
// of the others.
func (s suite) oneRegisters(users []identity.User, refusal error) {
	s.Helper()
	errs := atOnce(len(users), func(i int) error {
		x := login(users[i])
		return s.Register(s.Context(), users[i], &x)
	})
	registered := 0
	for i, err := range errs {
		switch {
		case err == nil:
			registered++
			s.wantUser(users[i])
		case errors.Is(err, refusal):
			s.wantNobody(users[i])
		default:
			s.Errorf("got %v, want %v", err, refusal)
		}
	}
	if registered != 1 {
		s.Errorf("%d were registered", registered)
	}
}

func (s suite) nameRace() {
	for round := range 4 {
		var users []identity.User
		for i := range 12 {
			u := person(fmt.Sprint("ann", round))
			if i%2 == 0 {
				u.Username = fmt.Sprint("ANN", round)
			}
			u.Email = fmt.Sprintf("ann%d.%d@example.com", round, i)
			users = append(users, u)
		}
		s.oneRegisters(users, identity.ErrUsernameTaken)
	}
}

func (s suite) addressRace() {
	for round := range 4 {
		var users []identity.User
		for i := range 12 {
			u := person(fmt.Sprintf("ann%d_%d", round, i))
			u.Email = fmt.Sprintf("ann%d@example.com", round)
			users = append(users, u)
		}
		s.oneRegisters(users, identity.ErrEmailTaken)
	}
}
