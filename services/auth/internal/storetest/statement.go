package storetest

import (
	"context"
	"fmt"
	"testing"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/auth/internal/identity"
)

// Counted is a store whose statements are counted.
type Counted struct {
	Store
	// Take returns how many there were since the last call.
	Take func() int
}

// RunCounted checks that what is read in one go takes as many statements for many
// as for ten.
func RunCounted(t *testing.T, c Counted) {
	t.Helper()
	s := suite{t, c.Store}
	ann, bob := s.user("ann"), s.user("bob")
	ids := []id.User{ann.ID}
	reads := map[string]func(context.Context) (int, error){
		"ListUsers": func(ctx context.Context) (int, error) {
			list, _, err := s.ListUsers(ctx, identity.Query{Limit: 2000})
			return len(list) - 1, err // without bob
		},
		"Users": func(ctx context.Context) (int, error) { list, err := s.Users(ctx, ids); return len(list), err },
		"Sessions": func(ctx context.Context) (int, error) {
			list, err := s.Sessions(ctx, ann.ID, at)
			return len(list) + 1, err
		},
		"Acts": func(ctx context.Context) (int, error) {
			list, err := s.Acts(ctx, id.UUID{}, 2000)
			return len(list) + 1, err
		},
		"Revoked": func(ctx context.Context) (int, error) {
			list, _, err := s.Revoked(ctx, 0, at, 2000)
			return len(list) + 1, err
		},
	}
	took := map[string]int{}
	for _, size := range []struct{ from, to int }{{0, 10}, {10, 200}} {
		var acts []identity.Act
		for i := size.from; i < size.to; i++ {
			u := s.user(fmt.Sprintf("user%04d", i))
			ids = append(ids, u.ID)
			s.session(ann)
			s.session(bob)
			acts = append(acts, act("login_failed", u))
		}
		s.must(second(s.EndOthers(s.Context(), bob.ID, id.Session{}, acts...)))
		for name, read := range reads {
			c.Take()
			n, err := read(t.Context())
			statements := c.Take()
			if err != nil || n != size.to+1 || statements == 0 {
				t.Errorf("%s has %d of %d by %d statements, %v", name, n, size.to+1, statements, err)
			}
			if first, ok := took[name]; ok && statements != first {
				t.Errorf("%s takes %d statements for 10, and %d for %d", name, first, statements, size.to)
			}
			took[name] = statements
		}
	}
}
