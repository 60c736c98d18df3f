package storetest

import (
	"errors"
	"sync"
	"time"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/auth/internal/identity"
)

func (s suite) admin(name string) identity.User {
	s.Helper()
	u := s.user(name)
	u.Role = identity.RoleAdmin
	s.must(second(s.SetRole(s.Context(), u.ID, u.Role, at)))
	return u
}

func (s suite) role() {
	ann, bob := s.user("ann"), s.user("bob")
	ann.Role, ann.UpdatedAt = identity.RoleAdmin, at.Add(1000)
	for _, want := range []bool{true, false} {
		changed, err := s.SetRole(s.Context(), ann.ID, ann.Role, ann.UpdatedAt)
		if err != nil || changed != want {
			s.Errorf("got %v, %v, want %v", changed, err, want)
		}
	}
	s.wantUser(ann)
	s.wantUser(bob)
	for _, role := range []string{identity.RoleAdmin, identity.RoleUser} {
		if _, err := s.SetRole(s.Context(), id.User{UUID: id.New()}, role, at); !errors.Is(err, identity.ErrNoUser) {
			s.Errorf("got %v", err)
		}
	}
}

func (s suite) lastAdmin() {
	ann, bob := s.admin("ann"), s.user("bob")
	demote := func(u identity.User) error { return second(s.SetRole(s.Context(), u.ID, identity.RoleModerator, at)) }
	ban := func(u identity.User) error {
		return second(s.Ban(s.Context(), u.ID, identity.Ban{Until: at.Add(time.Hour)}, at))
	}
	for _, err := range []error{demote(ann), ban(ann)} {
		if !errors.Is(err, identity.ErrLastAdmin) {
			s.Errorf("got %v", err)
		}
	}
	s.must(demote(bob))
	cay := s.admin("cay")
	s.must(ban(cay))
	if err := demote(ann); !errors.Is(err, identity.ErrLastAdmin) { // one who is banned is none
		s.Errorf("got %v", err)
	}
	s.must(demote(cay))
	dan := s.admin("dan")
	s.must(demote(ann))
	_, ok, err := s.Delete(s.Context(), ann.ID, ann.Password, at)
	if err != nil || !ok {
		s.Errorf("got %v, %v", ok, err)
	}
	if _, err := s.SetRole(s.Context(), ann.ID, identity.RoleAdmin, at); !errors.Is(err, identity.ErrNoUser) {
		s.Errorf("somebody who is deleted: %v", err)
	}
	if err := demote(dan); !errors.Is(err, identity.ErrLastAdmin) {
		s.Errorf("got %v", err)
	}
}

func (s suite) adminRace() {
	admins := []identity.User{s.admin("ann"), s.admin("bob"), s.admin("cay")}
	errs := make([]error, len(admins))
	var all sync.WaitGroup
	for i, u := range admins {
		all.Go(func() {
			if i == 0 {
				_, errs[i] = s.Ban(s.Context(), u.ID, identity.Ban{Until: identity.ForGood}, at)
			} else {
				_, errs[i] = s.SetRole(s.Context(), u.ID, identity.RoleUser, at)
			}
		})
	}
	all.Wait()
	refused := 0
	for _, err := range errs {
		if errors.Is(err, identity.ErrLastAdmin) {
			refused++
		} else if err != nil {
			s.Error(err)
		}
	}
	if refused != 1 {
		s.Errorf("%d of 3 were refused: %v", refused, errs)
	}
}
