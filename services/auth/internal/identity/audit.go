package identity

import (
	"context"
	"errors"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
)

// Act is an entry of the audit log: something that was done about an account.
// It says nothing that somebody typed where a secret belongs.
type Act struct {
	ID      id.UUID
	At      time.Time
	Kind    string
	Actor   id.User // zero if nobody was logged in
	Subject id.User // whose account; zero if nobody's
	// Address is where it came from. Of somebody who is logged in it is where
	// the login came from.
	Address string
	Detail  string
}

// The kinds of acts. They are stored.
const (
	ActLoginFailed     = "login_failed"
	ActLoginLocked     = "login_locked" // it failed, and there is a delay now
	ActPasswordChanged = "password_changed"
	ActSessionRevoked  = "session_revoked"
	ActOthersRevoked   = "other_sessions_revoked"
	ActEmailChanged    = "email_changed"
	ActAccountDeleted  = "account_deleted"
	ActAdminCreated    = "admin_created"
	ActRoleChanged     = "role_changed"
	ActBanned          = "user_banned"
	ActUnbanned        = "user_unbanned"
	ActResetCreated    = "password_reset_created"
	ActPasswordReset   = "password_reset"
	ActNotice          = "notice_sent"
	ActRoomDeletion    = "room_deletion" // it was ordered
)

// keepActs is how long the audit log goes back.
const keepActs = 400 * 24 * time.Hour

// Note returns the act of a password that was wrong, of which l is the count.
func (l Lockout) Note(a Act, now time.Time) Act {
	if l.Locked(now) {
		a.Kind = ActLoginLocked
	}
	return a
}

func (a *Accounts) act(kind string, actor, subject id.User, address, detail string) Act {
	return Act{ID: id.New(), At: a.now(), Kind: kind, Actor: actor, Subject: subject, Address: address, Detail: detail}
}

// own is an act about one's own account.
func (a *Accounts) own(kind string, s Session, detail string) Act {
	return a.act(kind, s.User, s.User, s.Address, detail)
}

// admin returns the session of an administrator. Its role is that of now, not
// that in the token. Errors: permission_denied, session_not_found,
// session_expired.
func (a *Accounts) admin(ctx context.Context, u id.User, s id.Session) (Session, error) {
	user, session, err := a.Check(ctx, u, s)
	if err == nil && user.Role != RoleAdmin {
		err = fault.New(fault.Denied, "permission_denied", "only administrators may do this")
	}
	return session, err
}

// Acts lists the audit log for an administrator, the newest first, before the
// act of the id, which may be zero. It reports whether there are more. Errors:
// permission_denied, validation_failed.
func (a *Accounts) Acts(ctx context.Context, u id.User, s id.Session, before id.UUID, limit int) (acts []Act, more bool, err error) {
	if _, err := a.admin(ctx, u, s); err != nil {
		return nil, false, err
	}
	if limit < 1 || limit > 1000 {
		return nil, false, fault.New(fault.Invalid, "validation_failed", "limit must be 1 to 1000")
	}
	if acts, err = a.Store.Acts(ctx, before, limit+1); err != nil {
		return nil, false, err
	}
	if more = len(acts) > limit; more {
		acts = acts[:limit]
	}
	return acts, more, nil
}

// purge removes what has expired.
func (a *Accounts) purge(ctx context.Context) error {
	now := a.now()
	return errors.Join(a.Store.Purge(ctx, now.Add(-grace)), a.Store.PurgeActs(ctx, now.Add(-keepActs)))
}
