package storetest

import (
	"errors"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/auth/internal/identity"
)

func (s suite) wantSession(want identity.Session) {
	s.Helper()
	got, err := s.Session(s.Context(), want.ID)
	s.must(err)
	if diff := cmp.Diff(want, got); diff != "" {
		s.Error(diff)
	}
}

func (s suite) wantNoSession(x id.Session) {
	s.Helper()
	if _, err := s.Session(s.Context(), x); !errors.Is(err, identity.ErrNoSession) {
		s.Errorf("the session is there: %v", err)
	}
}

func (s suite) sessionKept() {
	ann := s.user("ann")
	s.wantSession(s.session(ann))
	bare := login(ann)
	bare.UserAgent, bare.Address = "", ""
	s.insert(bare, ann.Password)
	s.wantSession(bare)
	s.wantNoSession(id.Session{UUID: id.New()})
}

func (s suite) sessionStale() {
	ann := s.user("ann")
	if ok, err := s.ReplacePassword(s.Context(), ann.ID, ann.Password, "new", at); !ok || err != nil {
		s.Fatalf("got %v, %v", ok, err)
	}
	x := login(ann)
	if ok, err := s.InsertSession(s.Context(), x, ann.Password); ok || err != nil {
		s.Errorf("with the old hash: %v, %v", ok, err)
	}
	s.wantNoSession(x.ID)
	s.insert(x, "new")
	s.wantSession(x)
	if ok, err := s.InsertSession(s.Context(), login(person("nobody")), ""); ok || err != nil {
		s.Errorf("of nobody: %v, %v", ok, err)
	}
}

func (s suite) sessionsListed() {
	ann, bob := s.user("ann"), s.user("bob")
	var want []identity.Session
	for i := range 4 {
		x := login(ann)
		x.CreatedAt = at.Add(time.Duration(i) * time.Second)
		x.ExpiresAt = at.Add(time.Hour)
		if i == 1 {
			x.ExpiresAt = at.Add(time.Minute)
		}
		s.insert(x, ann.Password)
		want = slices.Insert(want, 0, x)
	}
	s.session(bob)
	for _, test := range []struct {
		now  time.Time
		want []identity.Session
	}{
		{at, want},
		{at.Add(time.Minute - time.Microsecond), want},
		{at.Add(time.Minute), slices.Delete(slices.Clone(want), 2, 3)},
		{at.Add(time.Hour), []identity.Session{}},
	} {
		got, err := s.Sessions(s.Context(), ann.ID, test.now)
		s.must(err)
		if diff := cmp.Diff(test.want, got); diff != "" {
			s.Errorf("%v: %s", test.now, diff)
		}
	}
}

func (s suite) extended() {
	ann := s.user("ann")
	x, other := s.session(ann), s.session(ann)
	x.ExpiresAt = at.Add(48 * time.Hour)
	s.must(s.Extend(s.Context(), x.ID, x.ExpiresAt))
	s.wantSession(x)
	s.wantSession(other)
	if err := s.Extend(s.Context(), id.Session{UUID: id.New()}, at); !errors.Is(err, identity.ErrNoSession) {
		s.Errorf("got %v", err)
	}
}

func (s suite) ended() {
	ann, bob := s.user("ann"), s.user("bob")
	x, other := s.session(ann), s.session(ann)
	if err := s.End(s.Context(), bob.ID, x.ID); !errors.Is(err, identity.ErrNoSession) {
		s.Errorf("by another user: %v", err)
	}
	s.wantSession(x)
	s.must(s.End(s.Context(), ann.ID, x.ID))
	s.wantNoSession(x.ID)
	s.wantSession(other)
	if err := s.End(s.Context(), ann.ID, x.ID); !errors.Is(err, identity.ErrNoSession) {
		s.Errorf("again: %v", err)
	}
	if err := s.Extend(s.Context(), x.ID, at.Add(48*time.Hour)); !errors.Is(err, identity.ErrNoSession) {
		s.Errorf("extended: %v", err)
	}
	if got := s.revoked(); !slices.Equal(got, []id.Session{x.ID}) {
		s.Errorf("revoked %v, want %v", got, x.ID)
	}
}

func (s suite) purged() {
	ann := s.user("ann")
	cut := at.Add(time.Hour)
	at := func(offset time.Duration) identity.Session {
		x := login(ann)
		x.ExpiresAt = cut.Add(offset)
		s.insert(x, ann.Password)
		return x
	}
	gone, stays := at(-time.Microsecond), at(0)
	goneEnded, staysEnded := at(-time.Microsecond), at(0)
	s.must(s.End(s.Context(), ann.ID, goneEnded.ID))
	s.must(s.End(s.Context(), ann.ID, staysEnded.ID))
	s.must(s.Purge(s.Context(), cut))
	s.wantNoSession(gone.ID)
	s.wantSession(stays)
	if got := s.revoked(); !slices.Equal(got, []id.Session{staysEnded.ID}) {
		s.Errorf("revoked %v, want %v", got, staysEnded.ID)
	}
	// What was purged does not move the cursor back.
	_, cursor, err := s.Revoked(s.Context(), 0, cut.Add(-time.Hour), 9)
	if err != nil || cursor != 2 {
		s.Errorf("cursor %d, %v", cursor, err)
	}
	s.wantUser(ann)
}
