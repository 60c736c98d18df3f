package identity

import (
	"context"
	"strings"
	"unicode"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
)

// Notice is a word of an administrator to everybody who is connected.
type Notice struct {
	ID       id.UUID // that of the act in the audit log
	Message  string
	Severity string
}

// Herald carries notices. An error means that it may not have reached
// everybody.
type Herald interface {
	Announce(ctx context.Context, n Notice) error
}

const maxNotice = 1024 // bytes

// SendNotice says something to everybody who is connected now. It is recorded
// first: what many have read must not be missing in the log. Errors:
// permission_denied unless u is an administrator, validation_failed,
// unavailable.
func (a *Accounts) SendNotice(ctx context.Context, u id.User, s id.Session, n Notice) error {
	session, err := a.admin(ctx, u, s)
	if err != nil {
		return err
	}
	if len(n.Message) > maxNotice || strings.TrimSpace(n.Message) == "" || !isText(n.Message) || strings.ContainsFunc(n.Message, unicode.IsControl) {
		return fault.New(fault.Invalid, "validation_failed", "a notice must be text of 1 to %d bytes in one line", maxNotice)
	}
	switch n.Severity {
	case "info", "warning", "critical":
	default:
		return fault.New(fault.Invalid, "validation_failed", "severity must be info, warning or critical")
	}
	act := a.act(ActNotice, u, id.User{}, session.Address, n.Severity+": "+n.Message)
	if err := a.Store.Record(ctx, act); err != nil {
		return err
	}
	n.ID = act.ID
	if err := a.Herald.Announce(ctx, n); err != nil {
		return fault.Wrap(err, fault.Unavailable, "unavailable", "the notice may not have reached everybody, try again")
	}
	return nil
}
