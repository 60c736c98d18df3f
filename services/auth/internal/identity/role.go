package identity

import (
	"context"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
)

// staff returns an administrator or a moderator, and its session. The role is
// that of now, not that in the token. Errors: permission_denied,
// session_not_found, session_expired.
func (a *Accounts) staff(ctx context.Context, u id.User, s id.Session) (User, Session, error) {
	user, session, err := a.Check(ctx, u, s)
	if err == nil && user.Role != RoleAdmin && user.Role != RoleModerator {
		err = fault.New(fault.Denied, "permission_denied", "only administrators and moderators may do this")
	}
	return user, session, err
}

// mayBan refuses an actor who may not keep the target out, nor let it in again:
// administrators may do that to everybody, moderators to users who are neither.
// Errors: permission_denied, user_not_found.
func (a *Accounts) mayBan(ctx context.Context, actor User, target id.User) error {
	user, err := a.Store.User(ctx, target)
	if err == nil && actor.Role != RoleAdmin && user.Role != RoleUser {
		err = fault.New(fault.Denied, "permission_denied", "only administrators may do this to administrators and moderators")
	}
	return err
}

// Account returns a user for who may ban it, with the ban if there is one now.
// withEmail says whether its e-mail address may be shown. Errors:
// permission_denied, user_not_found.
func (a *Accounts) Account(ctx context.Context, u id.User, s id.Session, target id.User) (user User, withEmail bool, err error) {
	actor, _, err := a.staff(ctx, u, s)
	if err != nil {
		return User{}, false, err
	}
	if user, err = a.Store.User(ctx, target); err != nil {
		return User{}, false, err
	}
	if !user.Banned(a.now()) {
		user.BannedUntil, user.BanReason = time.Time{}, ""
	}
	return user, actor.Role == RoleAdmin, nil
}

// SetRole gives target a role in the system and returns the user as it is then.
// Errors: permission_denied unless u is an administrator, validation_failed,
// user_not_found, last_admin.
func (a *Accounts) SetRole(ctx context.Context, u id.User, s id.Session, target id.User, role string) (User, error) {
	session, err := a.admin(ctx, u, s)
	if err != nil {
		return User{}, err
	}
	if role != RoleUser && role != RoleModerator && role != RoleAdmin {
		return User{}, fault.New(fault.Invalid, "validation_failed", "a role must be user, moderator or admin")
	}
	changed, err := a.Store.SetRole(ctx, target, role, a.now(), a.act(ActRoleChanged, u, target, session.Address, role))
	if err != nil {
		return User{}, err
	}
	if changed {
		a.Bell.Changed(ctx, target)
	}
	return a.Store.User(ctx, target)
}
