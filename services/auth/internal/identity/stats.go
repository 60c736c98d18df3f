package identity

import (
	"context"

	"github.com/lair-chat/lair/pkg/id"
)

// Count is a number of things. It is an estimate if there are too many to
// count.
type Count struct {
	Total int64
	Exact bool
}

// Stats counts users and sessions for an administrator. Errors:
// permission_denied.
func (a *Accounts) Stats(ctx context.Context, u id.User, s id.Session) (users, sessions Count, err error) {
	if _, err := a.admin(ctx, u, s); err != nil {
		return Count{}, Count{}, err
	}
	return a.Store.Counts(ctx)
}
