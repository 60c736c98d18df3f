package identity

import (
	"context"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
)

// OrderRoomDeletion notes that an administrator or a moderator has a room
// deleted, and refuses others. It comes before the deletion, which is done
// elsewhere: so none is without its entry, whatever fails in between. That a
// room was deleted, and by whom, is an event of the room. Errors:
// permission_denied, validation_failed.
func (a *Accounts) OrderRoomDeletion(ctx context.Context, u id.User, s id.Session, room id.Room, reason string) error {
	_, session, err := a.staff(ctx, u, s)
	if err != nil {
		return err
	}
	if len(reason) > maxReason || !isText(reason) {
		return fault.New(fault.Invalid, "validation_failed", "a reason must be text of at most %d bytes", maxReason)
	}
	detail := room.String()
	if reason != "" {
		detail += ": " + reason
	}
	return a.Store.Record(ctx, a.act(ActRoomDeletion, u, id.User{}, session.Address, detail))
}
