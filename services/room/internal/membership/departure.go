package membership

import (
	"context"
	"errors"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
)

// batch bounds the rows that one transaction removes.
const batch = 200

// Forget removes what a user leaves behind who deleted its account: places in
// rooms, which then have another owner or end, pending invitations by and to the
// user, blocks and bans. Each room is a transaction of its own. It may be called
// again, and by several at once.
func (s *Rooms) Forget(ctx context.Context, u id.User) error {
	// First, so that nothing new comes behind it: who becomes a member or is
	// invited has its head in the same transaction.
	err := s.Store.Update(ctx, func(tx Tx) error { return tx.EndUser(ctx, u) })
	if err != nil {
		return err
	}
	rows, err := s.Store.Journal().Memberships(ctx, u)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if row.Active() && row.Head.Kind == journal.Room && !row.Head.Deleted {
			if err := s.depart(ctx, u, id.Room{UUID: row.Conversation.UUID}); err != nil {
				return err
			}
		}
	}
	if err := s.withdraw(ctx, u); err != nil {
		return err
	}
	return s.clear(ctx, func(tx Tx) (int64, error) {
		bans, err := tx.ClearBans(ctx, u, batch)
		if err != nil {
			return bans, err
		}
		blocks, err := tx.ClearBlocks(ctx, u, batch)
		return bans + blocks, err
	})
}

// clear runs f in transactions until there is nothing left to be found.
func (s *Rooms) clear(ctx context.Context, f func(Tx) (int64, error)) error {
	for {
		var n int64
		err := s.Store.Update(ctx, func(tx Tx) (err error) {
			n, err = f(tx)
			return err
		})
		if err != nil || n == 0 {
			return err
		}
	}
}

// depart takes a user out of a room, unless it is out.
func (s *Rooms) depart(ctx context.Context, u id.User, room id.Room) error {
	err := s.act(ctx, u, room, func(a *act) error {
		if !a.joined {
			return nil
		}
		heir, err := a.heir(ctx)
		if err != nil {
			return err
		}
		r, err := a.tx.Room(ctx, room)
		if err != nil {
			return err
		}
		if !heir.Active() {
			if err := a.remove(ctx, u, a.actor, s.Wire.Left(u)); err != nil {
				return err
			}
			return a.end(ctx, r)
		}
		if err := a.inherit(ctx, r, heir); err != nil {
			return err
		}
		return a.remove(ctx, u, a.actor, s.Wire.Left(u))
	})
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// heir returns who comes first after the actor: another owner, the oldest
// moderator or the oldest member; nobody if there is none whose account is not
// deleted, too.
func (a *act) heir(ctx context.Context) (journal.Member, error) {
	members, err := a.tx.Members(ctx, a.head.Conversation)
	if err != nil {
		return journal.Member{}, err
	}
	for _, m := range members {
		if m.User == a.actor.User {
			continue
		}
		if ok, err := a.tx.UsersExist(ctx, m.User); err != nil || ok {
			return m, err
		}
	}
	return journal.Member{}, nil
}

// inherit leaves the room an owner, and an owner of record who is there.
func (a *act) inherit(ctx context.Context, r Room, heir journal.Member) error {
	if a.actor.Role != journal.Owner && r.Owner != a.actor.User {
		return nil
	}
	if err := a.setRole(ctx, &heir, journal.Owner); err != nil || r.Owner != a.actor.User {
		return err
	}
	r.Owner = heir.User
	if err := a.tx.UpdateRoom(ctx, r, a.at); err != nil {
		return err
	}
	_, err := a.append(ctx, a.actor.User, a.wire.Updated(r))
	return err
}

// withdraw cancels the pending invitations by and to a user, and tells the other
// side.
func (s *Rooms) withdraw(ctx context.Context, u id.User) error {
	for {
		list, err := s.Store.InvitationsWith(ctx, u, batch)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, found := range list {
			err := s.act(ctx, u, found.Room, func(a *act) error {
				i, err := a.tx.Invitation(ctx, found.ID)
				if err != nil || i.Status != Pending {
					return err
				}
				return a.settle(ctx, i, Cancelled)
			})
			// A room that was deleted meanwhile took its invitations along.
			if err != nil && !errors.Is(err, ErrNotFound) && !errors.Is(err, ErrNoInvitation) {
				return err
			}
		}
	}
}
