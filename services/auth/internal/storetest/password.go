package storetest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/lair-chat/lair/pkg/id"
)

// atOnce calls f n times at once and returns what it returned.
func atOnce[T any](n int, f func(int) T) []T {
	out := make([]T, n)
	start := make(chan struct{})
	var g sync.WaitGroup
	for i := range n {
		g.Go(func() {
			<-start
			out[i] = f(i)
		})
	}
	close(start)
	g.Wait()
	return out
}

func (s suite) replace() {
	ann, bob := s.user("ann"), s.user("bob")
	later := at.Add(time.Minute)
	if ok, err := s.ReplacePassword(s.Context(), ann.ID, "another", "new", later); ok || err != nil {
		s.Errorf("got %v, %v", ok, err)
	}
	s.wantUser(ann)
	if ok, err := s.ReplacePassword(s.Context(), ann.ID, ann.Password, "new", later); !ok || err != nil {
		s.Errorf("got %v, %v", ok, err)
	}
	ann.Password, ann.UpdatedAt = "new", later
	s.wantUser(ann)
	s.wantUser(bob)
	if ok, err := s.ReplacePassword(s.Context(), id.User{UUID: id.New()}, "new", "x", later); ok || err != nil {
		s.Errorf("of nobody: got %v, %v", ok, err)
	}
}

func (s suite) replaceRace() {
	ann := s.user("ann")
	won := atOnce(8, func(i int) bool {
		ok, err := s.ReplacePassword(s.Context(), ann.ID, ann.Password, fmt.Sprint("hash ", i), at)
		if err != nil {
			s.Error(err)
		}
		return ok
	})
	i := slices.Index(won, true)
	if i < 0 || slices.Contains(won[i+1:], true) {
		s.Fatalf("who replaced it: %v", won)
	}
	ann.Password = fmt.Sprint("hash ", i)
	s.wantUser(ann)
}

func (s suite) changePassword() {
	ann, bob := s.user("ann"), s.user("bob")
	one, keep, two := login(ann), s.session(ann), s.session(ann)
	one.ExpiresAt = at.Add(time.Second)
	s.insert(one, ann.Password)
	his := s.session(bob)
	later := at.Add(time.Minute)
	ended, ok, err := s.ChangePassword(s.Context(), ann.ID, ann.Password, "new", keep.ID, later)
	if err != nil || !ok {
		s.Fatalf("got %v, %v", ok, err)
	}
	want := []id.Session{one.ID, two.ID}
	if !same(ended, want) || !same(s.revoked(), want) {
		s.Errorf("ended %v, revoked %v, want %v", ended, s.revoked(), want)
	}
	next := s.wantRevoked(0, at, 1, s.revoked()[0]) // each has a number
	if next = s.wantRevoked(next, at, 1, s.revoked()[1]); next != 2 {
		s.Errorf("the cursor is %d", next)
	}
	s.wantRevoked(0, one.ExpiresAt, 9, two.ID) // and its own end
	if got := s.sessions(ann); !same(got, []id.Session{keep.ID}) {
		s.Errorf("left: %v", got)
	}
	if got := s.sessions(bob); !same(got, []id.Session{his.ID}) {
		s.Errorf("left to bob: %v", got)
	}
	ann.Password, ann.UpdatedAt = "new", later
	s.wantUser(ann)
	s.wantUser(bob)

	ended, ok, err = s.ChangePassword(s.Context(), ann.ID, "new", "newer", keep.ID, later)
	if err != nil || !ok || len(ended) != 0 {
		s.Errorf("without other sessions: %v, %v, %v", ended, ok, err)
	}
}

func (s suite) changeStale() {
	ann := s.user("ann")
	one, keep := s.session(ann), s.session(ann)
	ended, ok, err := s.ChangePassword(s.Context(), ann.ID, "another", "new", keep.ID, at)
	if err != nil || ok || len(ended) != 0 {
		s.Errorf("got %v, %v, %v", ended, ok, err)
	}
	if got := s.sessions(ann); !same(got, []id.Session{one.ID, keep.ID}) || len(s.revoked()) != 0 {
		s.Errorf("left %v, revoked %v", got, s.revoked())
	}
	s.wantUser(ann)
}

// loginDuringChange: whoever logs in with the old password while it is changed
// is refused or logged out, whatever comes first.
func (s suite) loginDuringChange() {
	for round := range 10 {
		ann := s.user(fmt.Sprint("ann", round))
		keep := s.session(ann)
		errs := atOnce(9, func(i int) error {
			if i == 4 {
				_, ok, err := s.ChangePassword(s.Context(), ann.ID, ann.Password, "new", keep.ID, at)
				if err == nil && !ok {
					return errors.New("the password was not changed")
				}
				return err
			}
			_, err := s.InsertSession(s.Context(), login(ann), ann.Password)
			return err
		})
		for _, err := range errs {
			s.must(err)
		}
		if got := s.sessions(ann); !same(got, []id.Session{keep.ID}) {
			s.Fatalf("left: %v, want %v", got, keep.ID)
		}
	}
}

// same reports whether the sessions are the same, in any order.
func same(got, want []id.Session) bool {
	order := func(a, b id.Session) int { return slices.Compare(a.Bytes(), b.Bytes()) }
	got, want = slices.Clone(got), slices.Clone(want)
	slices.SortFunc(got, order)
	slices.SortFunc(want, order)
	return slices.Equal(got, want)
}
