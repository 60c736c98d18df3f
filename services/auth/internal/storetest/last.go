package storetest

import (
	"errors"
	"sync"
	"time"

	"github.com/lair-chat/lair/services/auth/internal/identity"
)

func (s suite) delete(u identity.User) error {
	_, ok, err := s.Delete(s.Context(), u.ID, u.Password, at)
	if err == nil && !ok {
		err = errors.New("the hash is another one")
	}
	return err
}

func (s suite) lastAdminStays() {
	ann, bob := s.admin("ann"), s.admin("bob")
	s.must(second(s.Ban(s.Context(), bob.ID, identity.Ban{Until: at.Add(time.Hour)}, at))) // who is none then
	session := s.session(ann)
	if err := s.delete(ann); !errors.Is(err, identity.ErrLastAdmin) {
		s.Errorf("got %v", err)
	}
	s.wantSession(session)
	if ok, err := s.Journal.UserExists(s.Context(), ann.ID); !ok || err != nil {
		s.Errorf("got %v, %v", ok, err)
	}
	s.wantDeletions(identity.RoomKeeper, ann.ID, 9, nil)
	s.must(s.delete(s.user("cay"))) // others may go
	s.must(second(s.Unban(s.Context(), bob.ID, at)))
	s.must(s.delete(ann))
	if err := s.delete(bob); !errors.Is(err, identity.ErrLastAdmin) {
		s.Errorf("got %v", err)
	}
}

// adminsGo has administrators delete their accounts and another one demoted, all
// at once. One stays.
func (s suite) adminsGo() {
	admins := []identity.User{s.admin("ann"), s.admin("bob"), s.admin("cay")}
	errs := make([]error, len(admins))
	var all sync.WaitGroup
	for i, u := range admins {
		all.Go(func() {
			if i == 0 {
				_, errs[i] = s.SetRole(s.Context(), u.ID, identity.RoleUser, at)
			} else {
				errs[i] = s.delete(u)
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
