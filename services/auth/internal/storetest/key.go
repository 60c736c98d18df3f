package storetest

import (
	"context"
	"strconv"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lair-chat/lair/services/auth/internal/keyring"
)

var never time.Time // no key is older

func key(name string, made time.Time) keyring.Key {
	return keyring.Key{KID: name, Public: []byte("public " + name), Sealed: []byte{0, 255, 'x'}, CreatedAt: made}
}

func (s suite) wantKeys(want ...keyring.Key) {
	s.Helper()
	got, err := s.Keys(s.Context())
	s.must(err)
	if diff := cmp.Diff(append([]keyring.Key{}, want...), got); diff != "" {
		s.Error(diff)
	}
}

func (s suite) keysKept() {
	s.wantKeys()
	one, two, three := key("one", at), key("two", at.Add(time.Hour)), key("a", at.Add(time.Minute))
	for _, k := range []keyring.Key{one, two, three} {
		s.must(s.InsertKey(s.Context(), k, at.Add(2*time.Hour)))
	}
	s.wantKeys(two, three, one)
}

func (s suite) keyGuard() {
	one := key("one", at)
	s.must(s.InsertKey(s.Context(), one, never))
	s.must(s.InsertKey(s.Context(), key("two", at.Add(time.Hour)), at.Add(-time.Microsecond)))
	s.wantKeys(one)
	three := key("three", at.Add(time.Hour))
	s.must(s.InsertKey(s.Context(), three, at))
	s.wantKeys(three, one)
}

func (s suite) keyRace() {
	for _, err := range atOnce(8, func(i int) error {
		return s.InsertKey(s.Context(), key(strconv.Itoa(i), at), at.Add(-time.Hour))
	}) {
		s.must(err)
	}
	if keys, err := s.Keys(s.Context()); err != nil || len(keys) != 1 {
		s.Errorf("got %v, %v", keys, err)
	}
}

func (s suite) keysDeleted() {
	old, edge, fresh := key("old", at.Add(-time.Microsecond)), key("edge", at), key("new", at.Add(time.Hour))
	for _, k := range []keyring.Key{old, edge, fresh} {
		s.must(s.InsertKey(s.Context(), k, at.Add(2*time.Hour)))
	}
	s.must(s.DeleteKeys(s.Context(), at))
	s.wantKeys(fresh, edge)
}

// ringRace starts many processes on an empty database.
func (s suite) ringRace() {
	secret := []byte("0123456789abcdef0123456789abcdef")
	now := func() time.Time { return at }
	rings := atOnce(8, func(int) *keyring.Ring {
		r, err := keyring.Open(context.WithoutCancel(s.Context()), s, secret, now)
		if err != nil {
			s.Error(err)
		}
		return r
	})
	if s.Failed() {
		return
	}
	first := rings[0].Signer()
	for _, r := range rings {
		if x := r.Signer(); x.KID != first.KID || !x.Key.Equal(first.Key) || len(r.Keys()) != 1 {
			s.Errorf("signs with %s of %d keys, another process with %s", x.KID, len(r.Keys()), first.KID)
		}
	}
}
