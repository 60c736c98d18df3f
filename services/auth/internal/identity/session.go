package identity

import (
	"context"
	"errors"
	"time"

	"github.com/lair-chat/lair/pkg/id"
)

// Check returns the user and the session if it is in force. Errors:
// session_not_found, session_expired.
func (a *Accounts) Check(ctx context.Context, u id.User, s id.Session) (User, Session, error) {
	session, err := a.Store.Session(ctx, s)
	if err != nil {
		return User{}, Session{}, err
	}
	if session.User != u {
		return User{}, Session{}, ErrNoSession
	}
	if !a.Now().Before(session.ExpiresAt) {
		return User{}, Session{}, errExpired
	}
	user, err := a.Store.User(ctx, u)
	if errors.Is(err, ErrNoUser) {
		err = ErrNoSession
	}
	return user, session, err
}

// Refresh extends a session by its lifetime, to at most 30 days after login.
// Errors: session_not_found, session_expired.
func (a *Accounts) Refresh(ctx context.Context, u id.User, s id.Session) (User, Session, error) {
	user, session, err := a.Check(ctx, u, s)
	if err != nil {
		return User{}, Session{}, err
	}
	expires := a.now().Add(SessionTime)
	if last := session.CreatedAt.Add(MaxSessionTime); expires.After(last) {
		expires = last
	}
	if expires.After(session.ExpiresAt) {
		session.ExpiresAt = expires
		err = a.Store.Extend(ctx, s, expires)
	}
	return user, session, err
}

// LogOut ends a session. Errors: session_not_found.
func (a *Accounts) LogOut(ctx context.Context, u id.User, s id.Session) error {
	err := a.Store.End(ctx, u, s)
	if err == nil {
		a.Bell.Ended(ctx, s)
	}
	return err
}

// Revoke ends with one session another one of the user, or the same. The error
// for one that the user does not have is of the kind NotFound: it does not
// concern the session that acts. Errors: session_not_found, session_expired.
func (a *Accounts) Revoke(ctx context.Context, u id.User, with, s id.Session) error {
	_, session, err := a.Check(ctx, u, with)
	if err != nil {
		return err
	}
	err = a.Store.End(ctx, u, s, a.own(ActSessionRevoked, session, s.String()))
	if errors.Is(err, ErrNoSession) {
		return errUnknownSession
	}
	if err == nil {
		a.Bell.Ended(ctx, s)
	}
	return err
}

// RevokeOthers ends all sessions of the user but s. Errors: session_not_found,
// session_expired.
func (a *Accounts) RevokeOthers(ctx context.Context, u id.User, s id.Session) error {
	_, session, err := a.Check(ctx, u, s)
	if err != nil {
		return err // one that was revoked itself ends no others
	}
	ended, err := a.Store.EndOthers(ctx, u, s, a.own(ActOthersRevoked, session, ""))
	if err == nil {
		a.Bell.Ended(ctx, ended...)
	}
	return err
}

// maxRevoked is how many revocations are told at once.
const maxRevoked = 1000

// Revoked returns sessions that were ended after the cursor, the first ones,
// and the next cursor.
func (a *Accounts) Revoked(ctx context.Context, cursor int64) ([]id.Session, int64, error) {
	return a.Store.Revoked(ctx, max(0, cursor), a.now().Add(-grace), maxRevoked)
}

const (
	// purgeEvery is the time between two clean-ups.
	purgeEvery = 10 * time.Minute
	// grace is how long what has expired is kept: tokens are good to the end of
	// a second, and clocks differ.
	grace = time.Hour
)

// Run removes what has expired, until ctx ends.
func (a *Accounts) Run(ctx context.Context, failed func(error)) {
	tick := time.NewTicker(purgeEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := a.purge(ctx); err != nil && ctx.Err() == nil {
			failed(err)
		}
	}
}
