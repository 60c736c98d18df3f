package farewell_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal/farewell"
)

// list is an auth service with pages of two.
type list struct {
	users []id.User
	away  error // of listing
	deaf  error // of confirming
}

func newList(n int) *list {
	l := &list{users: make([]id.User, n)}
	for i := range l.users {
		l.users[i].UUID = id.New()
	}
	slices.SortFunc(l.users, func(a, b id.User) int { return bytes.Compare(a.Bytes(), b.Bytes()) })
	return l
}

func (l *list) Deletions(_ context.Context, after id.User) ([]id.User, error) {
	var page []id.User
	for _, u := range l.users {
		if bytes.Compare(u.Bytes(), after.Bytes()) > 0 && len(page) < 2 {
			page = append(page, u)
		}
	}
	return page, l.away
}

func (l *list) Confirm(_ context.Context, users []id.User) error {
	if l.deaf == nil {
		l.users = slices.DeleteFunc(l.users, func(u id.User) bool { return slices.Contains(users, u) })
	}
	return l.deaf
}

func TestEachUserIsForgottenAndConfirmed(t *testing.T) {
	l := newList(5)
	all := slices.Clone(l.users)
	var gone []id.User
	f := farewell.Farewell{List: l, Forget: func(_ context.Context, u id.User) error { gone = append(gone, u); return nil }}
	for range 2 {
		if err := f.Do(t.Context()); err != nil || !slices.Equal(gone, all) || len(l.users) != 0 {
			t.Errorf("%v are gone, %v are left, %v", gone, l.users, err)
		}
	}
}

func TestUserWhoCannotBeForgottenStaysOnTheList(t *testing.T) {
	l, broken := newList(5), errors.New("broken")
	stuck := []id.User{l.users[0], l.users[3]}
	f := farewell.Farewell{List: l, Forget: func(_ context.Context, u id.User) error {
		if slices.Contains(stuck, u) {
			return broken
		}
		return nil
	}}
	if err := f.Do(t.Context()); !errors.Is(err, broken) || !slices.Equal(l.users, stuck) {
		t.Errorf("%v are left, %v", l.users, err)
	}
}

func TestAuthThatIsAwayLosesNothing(t *testing.T) {
	l, away := newList(3), errors.New("away")
	n := 0
	f := farewell.Farewell{List: l, Forget: func(context.Context, id.User) error { n++; return nil }}
	l.away = away
	if err := f.Do(t.Context()); !errors.Is(err, away) || n != 0 {
		t.Errorf("%d are gone, %v", n, err)
	}
	l.away, l.deaf = nil, away
	if err := f.Do(t.Context()); !errors.Is(err, away) || len(l.users) != 3 {
		t.Errorf("%d are left, %v", len(l.users), err)
	}
	l.deaf = nil
	if err := f.Do(t.Context()); err != nil || len(l.users) != 0 {
		t.Errorf("%d are left, %v", len(l.users), err)
	}
}
