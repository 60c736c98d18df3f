package identity

import (
	"context"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
)

// Ban keeps a user out.
type Ban struct {
	Reason string // for administrators: the user is not told
	Until  time.Time
}

// ForGood is the end of a ban without an end.
var ForGood = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

const maxReason = 256 // bytes

// Banned reports whether the user is kept out now.
func (u User) Banned(now time.Time) bool { return now.Before(u.BannedUntil) }

// banned is what a user hears who knows its password. Others do not learn it.
func (a *Accounts) banned(u User) error {
	f := &fault.Error{Kind: fault.Denied, Code: "account_banned", Text: "this account is banned"}
	if u.BannedUntil.Before(ForGood) {
		f.Text += " until " + u.BannedUntil.Format(time.RFC3339)
		f.Retry = u.BannedUntil.Sub(a.now())
	}
	return f
}

// Ban keeps target out and ends all its sessions. A zero Until is for good.
// Errors: permission_denied unless u may ban target (mayBan) and is somebody
// else, user_not_found, validation_failed, last_admin.
func (a *Accounts) Ban(ctx context.Context, u id.User, s id.Session, target id.User, b Ban) error {
	actor, session, err := a.staff(ctx, u, s)
	if err != nil {
		return err
	}
	if b.Until.IsZero() {
		b.Until = ForGood
	}
	b.Until = b.Until.UTC().Truncate(time.Microsecond)
	switch {
	case target == u:
		return fault.New(fault.Denied, "permission_denied", "you cannot ban yourself")
	case b.Reason == "" || len(b.Reason) > maxReason || !isText(b.Reason):
		return fault.New(fault.Invalid, "validation_failed", "a reason must be text of 1 to %d bytes", maxReason)
	case !b.Until.After(a.now()) || b.Until.After(ForGood):
		return fault.New(fault.Invalid, "validation_failed", "until must be in the future")
	}
	if err := a.mayBan(ctx, actor, target); err != nil {
		return err
	}
	detail := b.Reason
	if b.Until.Before(ForGood) {
		detail = "until " + b.Until.Format(time.RFC3339) + ": " + b.Reason
	}
	ended, err := a.Store.Ban(ctx, target, b, a.now(), a.act(ActBanned, u, target, session.Address, detail))
	if err == nil {
		a.Bell.Ended(ctx, ended...)
	}
	return err
}

// Unban lets target log in again. Without a ban it does nothing. Errors:
// permission_denied, user_not_found.
func (a *Accounts) Unban(ctx context.Context, u id.User, s id.Session, target id.User) error {
	actor, session, err := a.staff(ctx, u, s)
	if err != nil {
		return err
	}
	if err := a.mayBan(ctx, actor, target); err != nil {
		return err
	}
	_, err = a.Store.Unban(ctx, target, a.now(), a.act(ActUnbanned, u, target, session.Address, ""))
	return err
}
