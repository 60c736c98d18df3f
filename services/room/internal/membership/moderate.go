package membership

import (
	"context"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
)

// Forever is the end of a mute without an end.
var Forever = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// Mute takes a member's right to send until a time to come; the zero time gives
// it back. It outlives leaving and coming back. Owners may mute everybody,
// moderators plain members. Errors: validation_failed, permission_denied,
// not_room_member (either of the two, or no such room).
func (s *Rooms) Mute(ctx context.Context, u id.User, room id.Room, target id.User, until time.Time) (journal.Member, error) {
	until = until.Truncate(time.Microsecond)
	switch {
	case u == target:
		return journal.Member{}, errSelf
	case !until.IsZero() && (!until.After(s.now()) || until.After(Forever)):
		return journal.Member{}, errUntil
	}
	var m journal.Member
	err := s.govern(ctx, u, room, journal.Moderator, func(a *act) error {
		var err error
		if m, err = a.target(ctx, target); err != nil {
			return err
		}
		if !over(a.actor.Role, m.Role) {
			return errRank
		}
		if m.MutedUntil.Equal(until) {
			return nil
		}
		if _, err := a.append(ctx, u, s.Wire.Muted(target, until)); err != nil {
			return err
		}
		m.MutedUntil = until
		return a.tx.PutMember(ctx, m)
	})
	return m, err
}

// Ban keeps a user out of a room.
type Ban struct {
	Room id.Room
	User id.User
	By   id.User
	At   time.Time
}

// Ban keeps a user out, takes back an invitation, and ends a membership. Owners
// may ban everybody, moderators who is no member or a plain one. To ban again
// is no change. Errors: permission_denied, not_room_member (also if there is no
// such room), user_not_found.
func (s *Rooms) Ban(ctx context.Context, u id.User, room id.Room, target id.User) error {
	if u == target {
		return errSelf
	}
	return s.govern(ctx, u, room, journal.Moderator, func(a *act) error {
		if ok, err := a.tx.UsersExist(ctx, target); err != nil || !ok {
			return first(err, errNoUser)
		}
		m, _, err := a.tx.Member(ctx, a.head.Conversation, target)
		if err != nil {
			return err
		}
		if m.Active() && !over(a.actor.Role, m.Role) {
			return errRank
		}
		if err := a.tx.PutBan(ctx, Ban{Room: room, User: target, By: u, At: a.at}); err != nil {
			return err
		}
		if i, ok, err := a.tx.Pending(ctx, room, target); err != nil {
			return err
		} else if ok {
			if err := a.settle(ctx, i, Cancelled); err != nil {
				return err
			}
		}
		if !m.Active() {
			return nil
		}
		return a.remove(ctx, u, m, s.Wire.Removed(target, Banned))
	})
}

// Unban lets a user in again; it is no change if the user was not banned.
// Errors: not_room_member (also if there is no such room), permission_denied.
func (s *Rooms) Unban(ctx context.Context, u id.User, room id.Room, target id.User) error {
	return s.govern(ctx, u, room, journal.Moderator, func(a *act) error { return a.tx.DeleteBan(ctx, room, target) })
}

// Bans returns who is kept out, the newest first; moderators and owners may
// ask. Errors: not_room_member (also if there is no such room),
// permission_denied.
func (s *Rooms) Bans(ctx context.Context, u id.User, room id.Room) ([]Ban, error) {
	m, _, err := s.Store.Journal().Member(ctx, room.Conversation(), u)
	if err != nil {
		return nil, err
	}
	if err := (&act{actor: m, joined: m.Active()}).need(journal.Moderator); err != nil {
		return nil, err
	}
	return s.Store.Bans(ctx, room)
}

// SetBlock says whether u does not want to hear another user: messages to u and
// invitations from the other are then refused. Errors: validation_failed,
// user_not_found.
func (s *Rooms) SetBlock(ctx context.Context, u, other id.User, blocked bool) error {
	if u == other {
		return errOneself
	}
	at := s.now()
	return s.Store.Update(ctx, func(tx Tx) error {
		// The head, so that no message follows the answer; there is none before
		// the first message.
		if _, err := tx.Lock(ctx, id.Direct(u, other)); err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		if ok, err := tx.UsersExist(ctx, u, other); err != nil || !ok {
			return first(err, errNoUser)
		}
		return tx.SetBlock(ctx, u, other, blocked, at)
	})
}
