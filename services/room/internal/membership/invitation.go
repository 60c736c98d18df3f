package membership

import (
	"context"
	"errors"
	"time"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
)

// Status is what became of an invitation. The numbers are stored.
type Status uint8

// The states of an invitation.
const (
	Pending   Status = 1
	Accepted  Status = 2
	Declined  Status = 3
	Cancelled Status = 4
	Expired   Status = 5
)

// lifetime is how long an invitation is good for.
const lifetime = 7 * 24 * time.Hour

// Invitation asks a user to come into a room. Of one user there is at most one
// that is pending for each room; it is written by who holds the room's head.
type Invitation struct {
	ID       id.Invitation
	Room     id.Room
	RoomName string // of now
	Inviter  id.User
	Invitee  id.User
	// Status stays Pending for a while when time has passed.
	Status      Status
	CreatedAt   time.Time
	ExpiresAt   time.Time
	RespondedAt time.Time // zero while it is pending
}

// live reports whether the invitation can still be answered.
func (i Invitation) live(at time.Time) bool { return i.Status == Pending && at.Before(i.ExpiresAt) }

// Invite invites a user; moderators and owners may. Errors: not_room_member
// (also if there is no such room), permission_denied, user_not_found,
// already_member, user_banned, user_blocked, already_invited.
func (s *Rooms) Invite(ctx context.Context, u id.User, room id.Room, invitee id.User) (Invitation, error) {
	var i Invitation
	err := s.govern(ctx, u, room, journal.Moderator, func(a *act) error {
		if err := a.mayInvite(ctx, room, invitee); err != nil {
			return err
		}
		r, err := a.tx.Room(ctx, room)
		if err != nil {
			return err
		}
		i = Invitation{
			ID: id.Invitation{UUID: id.New()}, Room: room, RoomName: r.Name, Inviter: u, Invitee: invitee,
			Status: Pending, CreatedAt: a.at, ExpiresAt: a.at.Add(lifetime),
		}
		if err := a.tx.PutInvitation(ctx, i); err != nil {
			return err
		}
		a.tell(invitee, s.Wire.Invited(i))
		a.living = append(a.living, invitee)
		return nil
	})
	return i, err
}

// mayInvite refuses an invitation, and puts one away whose time has passed.
func (a *act) mayInvite(ctx context.Context, room id.Room, invitee id.User) error {
	if ok, err := a.tx.UsersExist(ctx, invitee); err != nil || !ok {
		return first(err, errNoUser)
	}
	if m, _, err := a.tx.Member(ctx, a.head.Conversation, invitee); err != nil || m.Active() {
		return first(err, errInviteeIn)
	}
	if banned, err := a.tx.Banned(ctx, room, invitee); err != nil || banned {
		return first(err, errInviteeBan)
	}
	if blocked, err := a.tx.Blocked(ctx, invitee, a.actor.User); err != nil || blocked {
		return first(err, errBlocked)
	}
	old, ok, err := a.tx.Pending(ctx, room, invitee)
	switch {
	case err != nil || !ok:
		return err
	case old.live(a.at):
		return errInvited
	}
	old.Status, old.RespondedAt = Expired, a.at
	return a.tx.PutInvitation(ctx, old)
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// Invitations returns the invitations to u that can be answered, the newest
// first; at most MaxPage.
func (s *Rooms) Invitations(ctx context.Context, u id.User, p Page) ([]Invitation, bool, error) {
	return paged(p, func(limit, offset int) ([]Invitation, error) {
		return s.Store.Invitations(ctx, u, s.now(), limit, offset)
	})
}

// InvitationsTo lists the pending invitations to a room, the newest first, and
// reports whether there are more; moderators and owners may ask. Errors:
// room_not_found, not_room_member, permission_denied, validation_failed.
func (s *Rooms) InvitationsTo(ctx context.Context, u id.User, room id.Room, p Page) ([]Invitation, bool, error) {
	view, err := s.Get(ctx, u, room)
	if err != nil {
		return nil, false, err
	}
	if err := (&act{actor: view.Member, joined: view.Member.Active()}).need(journal.Moderator); err != nil {
		return nil, false, err
	}
	return paged(p, func(limit, offset int) ([]Invitation, error) {
		return s.Store.InvitationsTo(ctx, room, s.now(), limit, offset)
	})
}

// Accept makes the invitee a member. Errors: invitation_not_found, not_invitee,
// invitation_expired, already_member, user_banned, room_full.
func (s *Rooms) Accept(ctx context.Context, u id.User, name id.Invitation) (Room, journal.Member, error) {
	var r Room
	var m journal.Member
	err := s.answer(ctx, u, name, invitee, func(a *act, _ Invitation) error {
		var err error
		r, m, err = a.admit(ctx, s.Wire) // which settles the invitation
		return err
	})
	return r, m, err
}

// Decline refuses an invitation. Errors: invitation_not_found, not_invitee,
// invitation_expired.
func (s *Rooms) Decline(ctx context.Context, u id.User, name id.Invitation) error {
	return s.answer(ctx, u, name, invitee, func(a *act, i Invitation) error { return a.settle(ctx, i, Declined) })
}

// Cancel takes an invitation back; the inviter may, and moderators and owners
// of the room. Errors: invitation_not_found, permission_denied,
// invitation_expired.
func (s *Rooms) Cancel(ctx context.Context, u id.User, name id.Invitation) error {
	return s.answer(ctx, u, name, canceller, func(a *act, i Invitation) error { return a.settle(ctx, i, Cancelled) })
}

func invitee(a *act, u id.User, i Invitation) error {
	if i.Invitee != u {
		return errNotInvitee
	}
	return nil
}

func canceller(a *act, u id.User, i Invitation) error {
	if i.Inviter == u || a.need(journal.Moderator) == nil {
		return nil
	}
	return errRank
}

// answer runs f on an invitation that can be answered, by somebody who may.
func (s *Rooms) answer(ctx context.Context, u id.User, name id.Invitation, may func(*act, id.User, Invitation) error, f func(*act, Invitation) error) error {
	// Which room's head to take; what may have changed is read again under it.
	i, err := s.Store.Invitation(ctx, name)
	if err != nil {
		return err
	}
	err = s.act(ctx, u, i.Room, func(a *act) error {
		i, err := a.tx.Invitation(ctx, name)
		if err != nil {
			return err
		}
		if err := may(a, u, i); err != nil {
			return err
		}
		if !i.live(a.at) {
			return errExpired
		}
		return f(a, i)
	})
	if errors.Is(err, ErrNotFound) {
		return ErrNoInvitation // the room was deleted meanwhile
	}
	return err
}

// settle says what became of an invitation, and tells both people.
func (a *act) settle(ctx context.Context, i Invitation, to Status) error {
	i.Status, i.RespondedAt = to, a.at
	if err := a.tx.PutInvitation(ctx, i); err != nil {
		return err
	}
	a.tell(i.Inviter, a.wire.Settled(i))
	a.tell(i.Invitee, a.wire.Settled(i))
	return nil
}
