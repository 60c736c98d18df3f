// Package farewell lets a service remove what it keeps of users who deleted
// their accounts. The list of them is kept by the auth service, for each service
// until it says that it is done: a process that dies in the middle, or an auth
// service that is away, delays the removal and loses nothing.
package farewell

import (
	"context"
	"fmt"
	"time"

	"github.com/lair-chat/lair/pkg/id"
)

// Every is a good pause between two looks at the list.
const Every = 3 * time.Second

// List is what the auth service knows and this service has not done.
type List interface {
	// Deletions returns a page of users after the id, in the order of their ids;
	// none if there are no more.
	Deletions(ctx context.Context, after id.User) ([]id.User, error)
	// Confirm takes users off the list.
	Confirm(ctx context.Context, users []id.User) error
}

// Farewell is the work of one service.
type Farewell struct {
	List List
	// Forget removes what there is of a user. It is called again for a user whose
	// removal was not confirmed, and by several processes at once.
	Forget func(ctx context.Context, u id.User) error
}

// Do goes through the list once. A user who cannot be removed does not keep
// others from it; the first error comes back when all were tried.
func (f Farewell) Do(ctx context.Context) error {
	var failed error
	for after := (id.User{}); ; {
		users, err := f.List.Deletions(ctx, after)
		if err != nil {
			return fmt.Errorf("list the deleted accounts: %w", err)
		}
		if len(users) == 0 {
			return failed
		}
		var done []id.User
		for _, u := range users {
			if err := f.Forget(ctx, u); err == nil {
				done = append(done, u)
			} else if failed == nil {
				failed = fmt.Errorf("remove what is left of a deleted account: %w", err)
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
		if len(done) > 0 {
			if err := f.List.Confirm(ctx, done); err != nil {
				return fmt.Errorf("confirm deleted accounts: %w", err)
			}
		}
		after = users[len(users)-1]
	}
}
