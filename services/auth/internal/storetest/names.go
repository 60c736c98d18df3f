package storetest

import (
	"fmt"
	"sync"
	"testing"

	spelling "github.com/lair-chat/lair/services/auth/internal/names"
)

// Old is a database whose users have names with keys of before.
type Old struct {
	Store
	// Migrate brings it to the present form, as each process does that starts.
	Migrate func() error
	// Age gives a user the key that its name had before.
	Age func(username, key string) error
}

// RunOld checks what becomes of old keys.
func RunOld(t *testing.T, open func(*testing.T) Old) {
	t.Helper()
	t.Run("OldKeysAreMadeAnew", func(t *testing.T) { rekeyed(t, open(t)) })
}

func rekeyed(t *testing.T, o Old) {
	s := suite{t, o.Store}
	// Two that were two names before, and are one by now.
	for i, u := range []struct{ name, old, want string }{
		{"ann", "ann", "ann"},
		{"Иван", "Иван", "иван"},
		{"Ünal", "Ünal", "Ünal"},
		{"ünal", "ünal", "ünal"},
		{"Äöü", "Äöü", "äöü"},
		{"日本", "日本", "日本"},
		{"ＡＮＮ", "ＡＮＮ", "ＡＮＮ"},
	} {
		p := person(fmt.Sprint("user", i))
		p.Username, p.NameKey = u.name, u.old
		s.must(s.Register(s.Context(), p, nil))
		s.must(o.Age(u.name, u.old))
		defer func() {
			got, err := s.User(s.Context(), p.ID)
			if err != nil || got.NameKey != u.want || got.Username != u.name {
				s.Errorf("%s has the key %q, %v, want %q", u.name, got.NameKey, err, u.want)
			}
		}()
	}
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			if err := o.Migrate(); err != nil {
				s.Error(err)
			}
		})
	}
	all.Wait()
	s.must(o.Migrate())
	for _, name := range []string{"ИВАН", "Ünal", "äÖü"} {
		p := person("another")
		p.Username, p.NameKey = name, spelling.Names{}.Key(name)
		if err := s.Register(s.Context(), p, nil); err == nil {
			s.Errorf("%s was taken, and is given away", name)
		}
	}
}
