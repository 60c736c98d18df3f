package journal

import (
	"context"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
)

// OpenDirect makes a direct conversation with its members, and tells each with
// its event, unless the conversation is there already. Members and events are
// in the order of the user ids. It reports whether the conversation was made.
func OpenDirect(ctx context.Context, tx Tx, c id.Conversation, members []Member, events []*UserEvent) (bool, error) {
	users := make([]id.User, len(members))
	for i, m := range members {
		users[i] = m.User
	}
	if ok, err := tx.UsersExist(ctx, users...); err != nil || !ok {
		if err == nil {
			err = fault.New(fault.NotFound, "user_not_found", "there is no such user")
		}
		return false, err
	}
	if _, err := tx.Create(ctx, c, Direct); err != nil {
		return false, err
	}
	// Of two transactions that make it at once, the second finds the members of
	// the first: it has waited for the head.
	if _, there, err := tx.Member(ctx, c, users[0]); err != nil || there {
		return false, err
	}
	for _, m := range members {
		if err := tx.PutMember(ctx, m); err != nil {
			return false, err
		}
	}
	for _, e := range events {
		if err := tx.AppendUser(ctx, e); err != nil {
			return false, err
		}
	}
	return true, nil
}
