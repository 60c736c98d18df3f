package identity

import (
	"context"
	"crypto/sha256"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
)

// LockoutKey names what wrong passwords are counted for.
//
// For logins that is the name or address as it was typed, not the user behind
// it. So what happens to a name never depends on whether somebody has it, and a
// name and an address that are locked together would tell that they belong
// together. The price is that there are two counts for one user.
type LockoutKey [sha256.Size]byte

func lockoutKey(login string) LockoutKey {
	return sha256.Sum256([]byte("login:" + login))
}

// confirmKey is that of a user who is logged in and shows its password again.
// It is another one, so that strangers who guess do not get into the way.
func confirmKey(u id.User) LockoutKey {
	return sha256.Sum256([]byte("confirm:" + u.String()))
}

// Lockout is the wrong passwords that were tried for one key.
type Lockout struct {
	Failures int
	Until    time.Time // none is looked at before
	Forget   time.Time // when Failures counts no longer
}

const (
	freeFailures = 4 // without a delay
	firstDelay   = time.Second
	maxDelay     = 15 * time.Minute
	forgetAfter  = 24 * time.Hour // without a failure
)

// Locked reports whether passwords are not looked at now.
func (l Lockout) Locked(now time.Time) bool { return now.Before(l.Until) }

// Fail returns l after one more wrong password: from the fifth on there is a
// delay, each twice the last one.
func (l Lockout) Fail(now time.Time) Lockout {
	if !now.Before(l.Forget) {
		l.Failures = 0
	}
	l.Failures++
	l.Until, l.Forget = now, now.Add(forgetAfter)
	if n := l.Failures - freeFailures - 1; n >= 0 {
		l.Until = now.Add(min(firstDelay<<min(n, 20), maxDelay))
	}
	return l
}

// unlocked returns account_locked while passwords for the key are not looked
// at.
func (a *Accounts) unlocked(ctx context.Context, key LockoutKey) error {
	l, err := a.Store.Lockout(ctx, key)
	if err == nil && l.Locked(a.now()) {
		return a.locked(l)
	}
	return err
}

func (a *Accounts) locked(l Lockout) error {
	wait := l.Until.Sub(a.now())
	return &fault.Error{
		Kind: fault.Denied, Code: "account_locked", Text: "too many wrong passwords, try again later", Retry: wait,
	}
}

// refuse counts a wrong password and returns the refusal, or account_locked if
// others have locked the key meanwhile.
func (a *Accounts) refuse(ctx context.Context, key LockoutKey, act Act, refusal error) error {
	l, counted, err := a.Store.CountFailure(ctx, key, a.now(), act)
	if err != nil {
		return err
	}
	if !counted {
		return a.locked(l)
	}
	return refusal
}

// forgive forgets what was tried for a user who knows the password.
func (a *Accounts) forgive(ctx context.Context, u User) error {
	for _, key := range []LockoutKey{lockoutKey(a.loginKey(u.Username)), lockoutKey(a.loginKey(u.Email))} {
		l, err := a.Store.Lockout(ctx, key)
		if err == nil && l.Failures > 0 { // seldom: a login writes no more than it must
			err = a.Store.Forgive(ctx, key)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// confirm checks the password of a user who is logged in already. Errors:
// incorrect_password, account_locked, busy.
func (a *Accounts) confirm(ctx context.Context, u User, s Session, password string) error {
	if len(password) > maxPassword {
		return errWrongPassword
	}
	key := confirmKey(u.ID)
	if err := a.unlocked(ctx, key); err != nil {
		return err
	}
	ok, _, err := a.Hasher.Verify(ctx, password, u.Password)
	if err != nil {
		return err
	}
	if !ok {
		return a.refuse(ctx, key, a.own(ActLoginFailed, s, "while logged in"), errWrongPassword)
	}
	return a.unlocked(ctx, key)
}
