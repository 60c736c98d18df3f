package membership

import (
	"context"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
)

// Change says what is to change in a room; what is nil stays as it is.
type Change struct {
	Name        *string
	Description *string
	Private     *bool
	MaxMembers  *uint32 // 0 is no limit
	Moderated   *bool
}

// apply returns the room as it is to be.
func (c Change) apply(r Room) (Room, error) {
	set(&r.Name, c.Name)
	set(&r.Private, c.Private)
	set(&r.MaxMembers, c.MaxMembers)
	set(&r.Moderated, c.Moderated)
	if c.Description != nil {
		r.Description = c.Description
	}
	err := r.check()
	return r, err
}

func set[T any](v, to *T) {
	if to != nil {
		*v = *to
	}
}

// same reports whether nothing differs that a change may change.
func (r Room) same(o Room) bool {
	text := r.Description == o.Description || r.Description != nil && o.Description != nil && *r.Description == *o.Description
	return text && r.Name == o.Name && r.Private == o.Private && r.MaxMembers == o.MaxMembers && r.Moderated == o.Moderated
}

// Update changes a room; moderators and owners may. Where nothing changes there
// is no event. Errors: room_not_found, not_room_member, permission_denied,
// room_name_invalid, room_name_taken, validation_failed.
func (s *Rooms) Update(ctx context.Context, u id.User, room id.Room, c Change) (Room, error) {
	var r Room
	err := s.act(ctx, u, room, func(a *act) error {
		if err := a.need(journal.Moderator); err != nil {
			return err
		}
		old, err := a.tx.Room(ctx, room)
		if err != nil {
			return err
		}
		if r, err = c.apply(old); err != nil || r.same(old) {
			return err
		}
		if r.MaxMembers != 0 && r.MaxMembers != old.MaxMembers {
			members, err := a.tx.Members(ctx, a.head.Conversation)
			if err != nil {
				return err
			}
			if len(members) > int(r.MaxMembers) {
				return errBelow
			}
		}
		if err := a.tx.UpdateRoom(ctx, r, a.at); err != nil {
			return err
		}
		if a.head.Moderated != r.Moderated {
			a.head.Moderated = r.Moderated
			if err := a.tx.SetHead(ctx, a.head); err != nil {
				return err
			}
		}
		_, err = a.append(ctx, u, s.Wire.Updated(r))
		return err
	})
	return r, err
}

// Delete ends a room for everybody; owners may. Its name is free then. Members
// get the event that says so, and nothing after it. Errors: room_not_found,
// not_room_member, permission_denied.
func (s *Rooms) Delete(ctx context.Context, u id.User, room id.Room) error {
	return s.act(ctx, u, room, func(a *act) error {
		if err := a.need(journal.Owner); err != nil {
			return err
		}
		return a.finish(ctx, room)
	})
}

// Remove does the same for u, who runs the system, whatever its role in the
// room. Who runs it is not known here: the caller has asked. Errors:
// room_not_found.
func (s *Rooms) Remove(ctx context.Context, u id.User, room id.Room) error {
	return s.act(ctx, u, room, func(a *act) error { return a.finish(ctx, room) })
}

// finish ends the room, if it is there.
func (a *act) finish(ctx context.Context, room id.Room) error {
	r, err := a.tx.Room(ctx, room)
	if err != nil {
		return err
	}
	return a.end(ctx, r)
}
