package membership

import (
	"context"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
)

// Rooms makes, shows and fills rooms. It is safe for concurrent use.
type Rooms struct {
	Store Store
	Wire  Wire
	Now   func() time.Time
}

func (s *Rooms) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

// Create makes a room whose only member and owner is u. ID, Owner and CreatedAt
// of r are set. Errors: room_name_invalid, room_name_taken, validation_failed,
// user_not_found (u has deleted its account).
func (s *Rooms) Create(ctx context.Context, u id.User, r Room) (Room, error) {
	if err := r.check(); err != nil {
		return Room{}, err
	}
	at := s.now()
	r.ID, r.Owner, r.CreatedAt = id.Room{UUID: id.New()}, u, at
	var event journal.Event
	var mine journal.UserEvent
	err := s.Store.Update(ctx, func(tx Tx) error {
		head, err := tx.Create(ctx, r.ID.Conversation(), journal.Room)
		if err != nil {
			return err
		}
		if err := tx.InsertRoom(ctx, r); err != nil {
			return err
		}
		if head.Moderated = r.Moderated; r.Moderated {
			if err := tx.SetHead(ctx, head); err != nil {
				return err
			}
		}
		event = journal.Event{At: at, Actor: u, Body: s.Wire.Joined(u, journal.Owner, true)}
		if err := tx.Append(ctx, head, &event); err != nil {
			return err
		}
		m := journal.Member{Conversation: head.Conversation, User: u, Role: journal.Owner, JoinedAt: at, JoinedSeq: event.Seq}
		if err := tx.PutMember(ctx, m); err != nil {
			return err
		}
		mine = journal.UserEvent{User: u, At: at, Body: s.Wire.Added(head.Conversation, event.Seq)}
		return tx.AppendUser(ctx, &mine)
	})
	if err != nil {
		return Room{}, err
	}
	s.Wire.Announce(ctx, []journal.Event{event}, mine)
	return r, nil
}

// Join makes u a member. A pending invitation opens a private room, and is
// accepted by joining. Errors: room_not_found, already_member, user_banned,
// room_private, room_full, user_not_found (u has deleted its account).
func (s *Rooms) Join(ctx context.Context, u id.User, room id.Room) (Room, journal.Member, error) {
	var r Room
	var m journal.Member
	err := s.act(ctx, u, room, func(a *act) error {
		var err error
		r, m, err = a.admit(ctx, s.Wire)
		return err
	})
	return r, m, err
}

// admit makes the actor a member, if it may come in.
func (a *act) admit(ctx context.Context, w Wire) (Room, journal.Member, error) {
	r, err := a.tx.Room(ctx, id.Room{UUID: a.head.Conversation.UUID})
	if err != nil {
		return Room{}, journal.Member{}, err
	}
	i, ok, err := a.tx.Pending(ctx, r.ID, a.actor.User)
	if err != nil {
		return Room{}, journal.Member{}, err
	}
	invited := ok && i.live(a.at)
	if err := a.mayJoin(ctx, r, invited); err != nil {
		return Room{}, journal.Member{}, err
	}
	// A mute outlives leaving and coming back, so the old row is kept.
	m := a.actor
	m.Role, m.JoinedAt = journal.Plain, a.at
	seq, err := a.append(ctx, m.User, w.Joined(m.User, m.Role, false))
	if err != nil {
		return Room{}, journal.Member{}, err
	}
	m.JoinedSeq, m.LeftSeq = seq, 0
	if err := a.tx.PutMember(ctx, m); err != nil {
		return Room{}, journal.Member{}, err
	}
	a.tell(m.User, w.Added(a.head.Conversation, seq))
	a.living = append(a.living, m.User)
	if invited {
		err = a.settle(ctx, i, Accepted)
	}
	return r, m, err
}

func (a *act) mayJoin(ctx context.Context, r Room, invited bool) error {
	if a.joined {
		return errMember
	}
	if banned, err := a.tx.Banned(ctx, r.ID, a.actor.User); err != nil || banned {
		return first(err, errBanned)
	}
	if r.Private && !invited {
		return errPrivate
	}
	if r.MaxMembers == 0 {
		return nil
	}
	members, err := a.tx.Members(ctx, a.head.Conversation)
	if err == nil && len(members) >= int(r.MaxMembers) {
		return errFull
	}
	return err
}

// lock holds the head of a room that is there.
func lock(ctx context.Context, tx Tx, room id.Room) (*journal.Head, error) {
	head, err := tx.Lock(ctx, room.Conversation())
	if err == nil && (head.Deleted || head.Kind != journal.Room) || fault.KindOf(err) == fault.NotFound {
		return nil, ErrNotFound
	}
	return head, err
}

// Leave ends the membership of u. Errors: room_not_found, not_room_member,
// last_owner.
func (s *Rooms) Leave(ctx context.Context, u id.User, room id.Room) error {
	return s.act(ctx, u, room, func(a *act) error {
		if err := a.need(journal.Plain); err != nil {
			return err
		}
		if a.actor.Role == journal.Owner {
			if err := otherOwner(ctx, a.tx, a.actor); err != nil {
				return err
			}
		}
		return a.remove(ctx, u, a.actor, s.Wire.Left(u))
	})
}

// otherOwner is errLastOwner unless somebody else is an owner, too.
func otherOwner(ctx context.Context, tx Tx, m journal.Member) error {
	members, err := tx.Members(ctx, m.Conversation)
	if err != nil {
		return err
	}
	for _, other := range members {
		if other.Role == journal.Owner && other.User != m.User {
			return nil
		}
	}
	return errLastOwner
}
