package membership

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
)

// act is one thing that somebody does in a room: a transaction that holds the
// head of the room, and the events that it made.
type act struct {
	tx    Tx
	wire  Wire
	head  *journal.Head
	at    time.Time
	actor journal.Member // the row of who acts; its User and Conversation are always set
	// joined says that the actor is a member.
	joined bool
	// What was appended, and what is to be appended to the sequences of users.
	events []journal.Event
	mine   []journal.UserEvent
	// living are users without whom the act is of no use, among those of mine.
	// Others who have deleted their accounts are just not told.
	living []id.User
}

// act runs f for u in a room that is there, commits, and tells what happened.
// Errors: room_not_found, and those of f.
func (s *Rooms) act(ctx context.Context, u id.User, room id.Room, f func(*act) error) error {
	at := s.now()
	var done *act
	err := s.Store.Update(ctx, func(tx Tx) error {
		head, err := lock(ctx, tx, room)
		if err != nil {
			return err
		}
		a := &act{tx: tx, wire: s.Wire, head: head, at: at}
		if a.actor, _, err = tx.Member(ctx, head.Conversation, u); err != nil {
			return err
		}
		a.joined = a.actor.Active()
		a.actor.Conversation, a.actor.User = head.Conversation, u
		if err := f(a); err != nil {
			return err
		}
		done = a
		return a.appendMine(ctx)
	})
	if err == nil && len(done.events)+len(done.mine) > 0 {
		s.Wire.Announce(ctx, done.events, done.mine...)
	}
	return err
}

// govern is act for what only members may do: they know the room, so others
// are not told whether it is there.
func (s *Rooms) govern(ctx context.Context, u id.User, room id.Room, need journal.Role, f func(*act) error) error {
	err := s.act(ctx, u, room, func(a *act) error {
		if err := a.need(need); err != nil {
			return err
		}
		return f(a)
	})
	if errors.Is(err, ErrNotFound) {
		return errNotMember
	}
	return err
}

// need refuses an actor who is no member, or of too low a role.
func (a *act) need(r journal.Role) error {
	switch {
	case !a.joined:
		return errNotMember
	case a.actor.Role < r:
		return errRank
	}
	return nil
}

// target returns the row of another member.
func (a *act) target(ctx context.Context, u id.User) (journal.Member, error) {
	m, _, err := a.tx.Member(ctx, a.head.Conversation, u)
	if err == nil && !m.Active() {
		err = errTarget
	}
	return m, err
}

// append adds an event to the room; by is who did it.
func (a *act) append(ctx context.Context, by id.User, body []byte) (int64, error) {
	e := journal.Event{At: a.at, Actor: by, Body: body}
	if err := a.tx.Append(ctx, a.head, &e); err != nil {
		return 0, err
	}
	a.events = append(a.events, e)
	return e.Seq, nil
}

// remove ends a membership with the event.
func (a *act) remove(ctx context.Context, by id.User, m journal.Member, body []byte) error {
	seq, err := a.append(ctx, by, body)
	if err != nil {
		return err
	}
	m.LeftSeq = seq
	return a.tx.PutMember(ctx, m)
}

// setRole gives a member another role, with the event that says so.
func (a *act) setRole(ctx context.Context, m *journal.Member, r journal.Role) error {
	if m.Role == r {
		return nil
	}
	if _, err := a.append(ctx, a.actor.User, a.wire.RoleChanged(m.User, m.Role, r)); err != nil {
		return err
	}
	m.Role = r
	return a.tx.PutMember(ctx, *m)
}

// tell adds an event to the sequence of a user, when all else is done.
func (a *act) tell(u id.User, body []byte) {
	a.mine = append(a.mine, journal.UserEvent{User: u, At: a.at, Body: body})
}

// appendMine locks the heads of users, so it comes last and in their order.
func (a *act) appendMine(ctx context.Context) error {
	slices.SortStableFunc(a.mine, func(x, y journal.UserEvent) int { return bytes.Compare(x.User.Bytes(), y.User.Bytes()) })
	told := a.mine[:0]
	for _, e := range a.mine {
		err := a.tx.AppendUser(ctx, &e)
		switch {
		case errors.Is(err, journal.ErrNoUser) && !slices.Contains(a.living, e.User):
			continue
		case err != nil:
			return err
		}
		told = append(told, e)
	}
	a.mine = told
	return nil
}
