package identity

import (
	"context"

	"github.com/lair-chat/lair/pkg/id"
)

// Keeper is a service that keeps traces of users, and removes them by itself
// when it hears that an account was deleted.
type Keeper uint8

// The keepers.
const (
	RoomKeeper Keeper = iota + 1
	MessageKeeper
)

// MaxDeletions bounds a page of deletions, and what is confirmed at once.
const MaxDeletions = 100

// Delete forgets a user who shows its password. Its name stays taken: what it
// said must not be taken for the words of another one. Errors:
// incorrect_password, account_locked, last_admin, busy.
func (a *Accounts) Delete(ctx context.Context, u id.User, s id.Session, password string) error {
	user, session, err := a.Check(ctx, u, s)
	if err != nil {
		return err
	}
	if err := a.confirm(ctx, user, session, password); err != nil {
		return err
	}
	ended, ok, err := a.Store.Delete(ctx, u, user.Password, a.now(), a.own(ActAccountDeleted, session, ""))
	if err != nil {
		return err
	}
	if !ok {
		return errWrongPassword // it was changed at the same time
	}
	a.Bell.Ended(ctx, ended...)
	a.Bell.Changed(ctx, u)
	return nil
}
