package storetest

import (
	"errors"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/auth/internal/identity"
)

func (s suite) profile() {
	ann, bob := s.user("Ann"), s.user("bob")
	change := func(p identity.Profile) {
		s.Helper()
		ann.UpdatedAt = ann.UpdatedAt.Add(time.Second)
		got, err := s.UpdateProfile(s.Context(), ann.ID, p, ann.UpdatedAt)
		s.must(err)
		if diff := cmp.Diff(ann, got); diff != "" {
			s.Error(diff)
		}
		s.wantUser(ann)
		s.wantUser(bob)
	}
	ann.DisplayName = "Ann of Ünal"
	change(identity.Profile{DisplayName: &ann.DisplayName})
	ann.Email = "ann@example.org"
	change(identity.Profile{Email: &ann.Email})
	if _, err := s.UserByLogin(s.Context(), "ann@example.com"); !errors.Is(err, identity.ErrNoUser) {
		s.Errorf("the old address is still in use: %v", err)
	}
	change(identity.Profile{})
	ann.DisplayName = ""
	change(identity.Profile{DisplayName: new(""), Email: &ann.Email}) // one's own address is not taken

	for _, email := range []string{"bob@example.com", "BOB@example.com"} {
		_, err := s.UpdateProfile(s.Context(), ann.ID, identity.Profile{Email: &email, DisplayName: new("x")}, at)
		if !errors.Is(err, identity.ErrEmailTaken) {
			s.Errorf("got %v", err)
		}
		s.wantUser(ann)
	}
	if _, err := s.UpdateProfile(s.Context(), id.User{UUID: id.New()}, identity.Profile{}, at); !errors.Is(err, identity.ErrNoUser) {
		s.Errorf("got %v", err)
	}
}

func (s suite) endedOthers() {
	ann, bob := s.user("ann"), s.user("bob")
	one, keep, two, his := s.session(ann), s.session(ann), s.session(ann), s.session(bob)
	ended, err := s.EndOthers(s.Context(), ann.ID, keep.ID)
	s.must(err)
	if want := []id.Session{one.ID, two.ID}; !same(ended, want) || !same(s.revoked(), want) {
		s.Errorf("ended %v, revoked %v, want %v", ended, s.revoked(), want)
	}
	s.wantSession(keep)
	s.wantSession(his)
	if ended, err = s.EndOthers(s.Context(), ann.ID, keep.ID); err != nil || len(ended) != 0 {
		s.Errorf("again: %v, %v", ended, err)
	}
}
