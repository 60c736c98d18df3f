package identity

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
)

// Reset lets somebody choose a new password once. The secret that it is asked
// for is not stored.
type Reset struct {
	Digest    []byte // of the secret
	ExpiresAt time.Time
}

// ResetTime is how long a secret can be used.
const ResetTime = 24 * time.Hour

// ErrReset is the refusal of a secret that is not, or no longer, good for
// anything.
var ErrReset = fault.New(fault.Invalid, "reset_token_invalid", "this link has been used or is too old, ask for another one")

// digest needs no salt and no cost: the secret is random.
func digest(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// CreateReset makes a secret for target, in place of the one before. Errors:
// permission_denied unless u is an administrator, user_not_found.
func (a *Accounts) CreateReset(ctx context.Context, u id.User, s id.Session, target id.User) (secret string, expires time.Time, err error) {
	session, err := a.admin(ctx, u, s)
	if err != nil {
		return "", time.Time{}, err
	}
	if _, err := a.Store.User(ctx, target); err != nil {
		return "", time.Time{}, err
	}
	secret, expires = rand.Text(), a.now().Add(ResetTime)
	err = a.Store.PutReset(ctx, target, Reset{digest(secret), expires}, a.act(ActResetCreated, u, target, session.Address, ""))
	if err != nil {
		return "", time.Time{}, err
	}
	return secret, expires, nil
}

// ResetPassword sets the password of the user that the secret was made for, and
// ends all its sessions. Errors: reset_token_invalid, password_too_weak, busy.
func (a *Accounts) ResetPassword(ctx context.Context, secret, next string, c Client) error {
	sum := digest(secret)
	u, err := a.Store.ResetOf(ctx, sum, a.now()) // before the costly hash
	if err != nil {
		return err
	}
	if err := CheckPassword(next); err != nil {
		return err
	}
	hash, err := a.Hasher.Hash(ctx, next)
	if err != nil {
		return err
	}
	user, err := a.Store.User(ctx, u)
	if err != nil {
		return err
	}
	ended, err := a.Store.TakeReset(ctx, sum, hash, a.now(), a.act(ActPasswordReset, id.User{}, u, c.Address, ""))
	if err != nil {
		return err
	}
	a.Bell.Ended(ctx, ended...)
	return a.forgive(ctx, user)
}
