package storetest

import (
	"bytes"
	"errors"
	"slices"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/auth/internal/identity"
)

func (s suite) deleted() {
	ann, bob := s.user("Ann"), s.user("bob")
	one, his := s.session(ann), s.session(bob)
	s.must(s.PutReset(s.Context(), ann.ID, identity.Reset{Digest: []byte("x"), ExpiresAt: at.Add(1000)}))
	if ended, ok, err := s.Delete(s.Context(), ann.ID, "another", at, act("no", ann)); ok || err != nil || len(ended) != 0 {
		s.Errorf("got %v, %v, %v", ended, ok, err)
	}
	s.wantUser(ann)
	ended, ok, err := s.Delete(s.Context(), ann.ID, ann.Password, at, act("deleted", ann))
	if err != nil || !ok || !same(ended, []id.Session{one.ID}) || !same(s.revoked(), ended) {
		s.Errorf("got %v, %v, %v", ended, ok, err)
	}
	if _, err := s.User(s.Context(), ann.ID); !errors.Is(err, identity.ErrNoUser) {
		s.Errorf("got %v", err)
	}
	for _, key := range []string{"ann", "ann@example.com", "", ann.ID.String()} {
		if _, err := s.UserByLogin(s.Context(), key); !errors.Is(err, identity.ErrNoUser) {
			s.Errorf("%q: got %v", key, err)
		}
	}
	if list, err := s.Users(s.Context(), []id.User{ann.ID, bob.ID}); err != nil || names(list) != "[bob]" {
		s.Errorf("got %v, %v", names(list), err)
	}
	s.wantList(identity.Query{Limit: 9}, "[bob]", 1)
	if ok, err := s.InsertSession(s.Context(), login(ann), ann.Password); ok || err != nil {
		s.Errorf("a login: %v, %v", ok, err)
	}
	if _, err := s.ResetOf(s.Context(), []byte("x"), at); !errors.Is(err, identity.ErrReset) {
		s.Errorf("got %v", err)
	}
	if _, ok, err := s.Delete(s.Context(), ann.ID, "", at); ok || err != nil {
		s.Errorf("again: %v, %v", ok, err)
	}
	s.wantUser(bob)
	s.wantSession(his)
	// The name is taken for ever, the address is free.
	again := person("ANN")
	if err := s.Register(s.Context(), again, nil); !errors.Is(err, identity.ErrUsernameTaken) {
		s.Errorf("got %v", err)
	}
	again.Username, again.NameKey = "ann2", "ann2"
	s.must(s.Register(s.Context(), again, nil))
	if got := s.kinds(); got != "deleted" {
		s.Errorf("got %s", got)
	}
}

// keepers hear of deletions, each for itself.
func (s suite) confirmed() {
	people := []identity.User{s.user("ann"), s.user("bob"), s.user("cid")}
	slices.SortFunc(people, func(a, b identity.User) int { return bytes.Compare(a.ID.Bytes(), b.ID.Bytes()) })
	want := make([]id.User, len(people))
	for i, u := range people {
		if ok, err := s.Journal.UserExists(s.Context(), u.ID); !ok || err != nil {
			s.Errorf("got %v, %v", ok, err)
		}
		_, ok, err := s.Delete(s.Context(), u.ID, u.Password, at)
		if !ok || err != nil {
			s.Fatal(ok, err)
		}
		want[i] = u.ID
		if ok, err := s.Journal.UserExists(s.Context(), u.ID); ok || err != nil {
			s.Errorf("got %v, %v", ok, err)
		}
	}
	s.wantDeletions(identity.RoomKeeper, id.User{}, 2, want[:2])
	s.wantDeletions(identity.RoomKeeper, want[1], 2, want[2:])
	for range 2 {
		s.must(s.ConfirmDeletions(s.Context(), identity.RoomKeeper, want[:2]))
		s.wantDeletions(identity.RoomKeeper, id.User{}, 9, want[2:])
		s.wantDeletions(identity.MessageKeeper, id.User{}, 9, want)
	}
	s.must(s.ConfirmDeletions(s.Context(), identity.MessageKeeper, append(want[1:], id.User{UUID: id.New()})))
	s.wantDeletions(identity.RoomKeeper, id.User{}, 9, want[2:])
	s.wantDeletions(identity.MessageKeeper, id.User{}, 9, want[:1])
}

func (s suite) wantDeletions(k identity.Keeper, after id.User, limit int, want []id.User) {
	s.Helper()
	got, err := s.Deletions(s.Context(), k, after, limit)
	if err != nil || !slices.Equal(got, want) {
		s.Errorf("got %v, %v, want %v", got, err, want)
	}
}

// undeleted is a user whose deletion was refused: nothing of it may stay.
func (s suite) undeleted() {
	ann := s.user("ann")
	if _, ok, err := s.Delete(s.Context(), ann.ID, "another", at); ok || err != nil {
		s.Errorf("got %v, %v", ok, err)
	}
	if ok, err := s.Journal.UserExists(s.Context(), ann.ID); !ok || err != nil {
		s.Errorf("got %v, %v", ok, err)
	}
	s.wantDeletions(identity.MessageKeeper, id.User{}, 9, nil)
}
