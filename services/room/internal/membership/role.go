package membership

import (
	"context"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
)

// over reports whether one who has the first role may kick, mute and ban one
// who has the second: owners everybody, moderators plain members.
func over(actor, target journal.Role) bool {
	return actor == journal.Owner || actor == journal.Moderator && target == journal.Plain
}

// SetRole changes the role of a member; owners may, and may make others owners.
// To give the role that somebody has is no change and no event. Errors:
// validation_failed, not_room_member (either of the two, or no such room),
// permission_denied, last_owner.
func (s *Rooms) SetRole(ctx context.Context, u id.User, room id.Room, target id.User, r journal.Role) (journal.Member, error) {
	if r < journal.Plain || r > journal.Owner {
		return journal.Member{}, errRole
	}
	var m journal.Member
	err := s.govern(ctx, u, room, journal.Owner, func(a *act) error {
		var err error
		if m, err = a.target(ctx, target); err != nil {
			return err
		}
		if m.Role == journal.Owner && r != journal.Owner {
			if err := otherOwner(ctx, a.tx, m); err != nil {
				return err
			}
		}
		return a.setRole(ctx, &m, r)
	})
	return m, err
}

// Kick ends the membership of somebody else. An owner who kicks another one
// stays, so a room never loses its last. Errors: permission_denied,
// not_room_member (either of the two, or no such room).
func (s *Rooms) Kick(ctx context.Context, u id.User, room id.Room, target id.User) error {
	if u == target {
		return errSelf
	}
	return s.govern(ctx, u, room, journal.Moderator, func(a *act) error {
		m, err := a.target(ctx, target)
		if err != nil {
			return err
		}
		if !over(a.actor.Role, m.Role) {
			return errRank
		}
		return a.remove(ctx, u, m, s.Wire.Removed(target, Kicked))
	})
}

// Transfer makes another member the owner of record, and u, who must be an
// owner, a moderator. Other owners stay what they are. Errors:
// validation_failed, not_room_member (either of the two, or no such room),
// permission_denied.
func (s *Rooms) Transfer(ctx context.Context, u id.User, room id.Room, target id.User) (Room, error) {
	if u == target {
		return Room{}, errOneself
	}
	var r Room
	err := s.govern(ctx, u, room, journal.Owner, func(a *act) error {
		m, err := a.target(ctx, target)
		if err != nil {
			return err
		}
		if r, err = a.tx.Room(ctx, room); err != nil {
			return err
		}
		if err := a.setRole(ctx, &m, journal.Owner); err != nil {
			return err
		}
		if err := a.setRole(ctx, &a.actor, journal.Moderator); err != nil {
			return err
		}
		if r.Owner == target {
			return nil
		}
		r.Owner = target
		if err := a.tx.UpdateRoom(ctx, r, a.at); err != nil {
			return err
		}
		_, err = a.append(ctx, u, s.Wire.Updated(r))
		return err
	})
	return r, err
}
