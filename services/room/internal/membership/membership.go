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
// of r are set. Errors: room_name_invalid, room_name_taken, validation_failed.
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
		m := journal.Member{Conversation: r.ID.Conversation(), User: u, Role: journal.Owner, JoinedAt: at}
		event, mine, err = s.enter(ctx, tx, head, &m, true)
		return err
	})
	if err != nil {
		return Room{}, err
	}
	s.Wire.Announce(ctx, event, &mine)
	return r, nil
}

// enter stores a member, with the event of the conversation and that of the
// user, and says in m since when it is one.
func (s *Rooms) enter(ctx context.Context, tx Tx, head *journal.Head, m *journal.Member, created bool) (journal.Event, journal.UserEvent, error) {
	e := journal.Event{At: m.JoinedAt, Actor: m.User, Body: s.Wire.Joined(m.User, m.Role, created)}
	if err := tx.Append(ctx, head, &e); err != nil {
		return e, journal.UserEvent{}, err
	}
	m.JoinedSeq, m.LeftSeq = e.Seq, 0
	if err := tx.PutMember(ctx, *m); err != nil {
		return e, journal.UserEvent{}, err
	}
	mine := journal.UserEvent{User: m.User, At: m.JoinedAt, Body: s.Wire.Added(head.Conversation, e.Seq)}
	return e, mine, tx.AppendUser(ctx, &mine)
}

// Join makes u a member. Errors: room_not_found, room_private, already_member,
// room_full.
func (s *Rooms) Join(ctx context.Context, u id.User, room id.Room) (Room, journal.Member, error) {
	at := s.now()
	var r Room
	var m journal.Member
	var event journal.Event
	var mine journal.UserEvent
	err := s.Store.Update(ctx, func(tx Tx) error {
		head, err := lock(ctx, tx, room)
		if err != nil {
			return err
		}
		if r, err = tx.Room(ctx, room); err != nil {
			return err
		}
		// A mute outlives leaving and coming back, so the old row is kept.
		if m, _, err = tx.Member(ctx, head.Conversation, u); err != nil {
			return err
		}
		if err := mayJoin(ctx, tx, r, m); err != nil {
			return err
		}
		m.Conversation, m.User, m.Role, m.JoinedAt = head.Conversation, u, journal.Plain, at
		event, mine, err = s.enter(ctx, tx, head, &m, false)
		return err
	})
	if err != nil {
		return Room{}, journal.Member{}, err
	}
	s.Wire.Announce(ctx, event, &mine)
	return r, m, nil
}

func mayJoin(ctx context.Context, tx Tx, r Room, m journal.Member) error {
	switch {
	case r.Private && !m.Active():
		return errPrivate
	case m.Active():
		return errMember
	case r.MaxMembers == 0:
		return nil
	}
	members, err := tx.Members(ctx, r.ID.Conversation())
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
	at := s.now()
	var event journal.Event
	err := s.Store.Update(ctx, func(tx Tx) error {
		head, err := lock(ctx, tx, room)
		if err != nil {
			return err
		}
		m, _, err := tx.Member(ctx, head.Conversation, u)
		if err != nil {
			return err
		}
		if !m.Active() {
			return errNotMember
		}
		if m.Role == journal.Owner {
			if err := otherOwner(ctx, tx, m); err != nil {
				return err
			}
		}
		event = journal.Event{At: at, Actor: u, Body: s.Wire.Left(u)}
		if err := tx.Append(ctx, head, &event); err != nil {
			return err
		}
		m.LeftSeq = event.Seq
		return tx.PutMember(ctx, m)
	})
	if err == nil {
		s.Wire.Announce(ctx, event, nil)
	}
	return err
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
