package storetest

import (
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lair-chat/lair/services/auth/internal/identity"
)

func (s suite) wantLockout(key identity.LockoutKey, want identity.Lockout) {
	s.Helper()
	got, err := s.Lockout(s.Context(), key)
	s.must(err)
	if diff := cmp.Diff(want, got); diff != "" {
		s.Error(diff)
	}
}

func (s suite) failures() {
	ann, bob := identity.LockoutKey{1}, identity.LockoutKey{2}
	s.wantLockout(ann, identity.Lockout{})
	var l identity.Lockout
	for range 5 {
		l = l.Fail(at)
		got, counted, err := s.CountFailure(s.Context(), ann, at, act(identity.ActLoginFailed, nobody))
		if err != nil || !counted || got != l {
			s.Fatalf("got %+v, %v, %v; want %+v", got, counted, err, l)
		}
		s.wantLockout(ann, l)
	}
	s.wantLockout(bob, identity.Lockout{})
	// It is locked now, and tells until when.
	if got, counted, err := s.CountFailure(s.Context(), ann, l.Until.Add(-1000), act(identity.ActLoginFailed, nobody)); err != nil || counted || got != l {
		s.Errorf("got %+v, %v, %v; want %+v", got, counted, err, l)
	}
	s.wantLockout(ann, l)
	if _, counted, err := s.CountFailure(s.Context(), ann, l.Until, act(identity.ActLoginFailed, nobody)); err != nil || !counted {
		s.Errorf("got %v, %v", counted, err)
	}
	s.must(s.Forgive(s.Context(), ann))
	s.must(s.Forgive(s.Context(), bob))
	s.wantLockout(ann, identity.Lockout{})
}

// failuresRace: of many guesses at once only those are counted that may be
// looked at.
func (s suite) failuresRace() {
	counted := 0
	for _, ok := range atOnce(20, func(int) bool {
		_, ok, err := s.CountFailure(s.Context(), identity.LockoutKey{1}, at, act(identity.ActLoginFailed, nobody))
		if err != nil {
			s.Error(err)
		}
		return ok
	}) {
		if ok {
			counted++
		}
	}
	if counted != 5 {
		s.Errorf("%d were counted", counted)
	}
}

func (s suite) failuresPurged() {
	old, young := identity.LockoutKey{1}, identity.LockoutKey{2}
	l, _, err := s.CountFailure(s.Context(), old, at, act(identity.ActLoginFailed, nobody))
	s.must(err)
	stays, _, err := s.CountFailure(s.Context(), young, at.Add(time.Second), act(identity.ActLoginFailed, nobody))
	s.must(err)
	s.must(s.Purge(s.Context(), l.Forget.Add(time.Microsecond)))
	s.wantLockout(old, identity.Lockout{})
	s.wantLockout(young, stays)
}
