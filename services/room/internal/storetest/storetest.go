// Package storetest is the contract of membership.Store, as a test: what the
// rules of rooms promise has to hold on every database.
package storetest

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
	"github.com/lair-chat/lair/services/room/internal/membership"
)

// Run checks the stores that open returns.
func Run(t *testing.T, open func(testing.TB) membership.Store) {
	t.Helper()
	fresh := func(t *testing.T) *world {
		t.Helper()
		return newWorld(t, open(t))
	}
	t.Run("CreateMakesRoomOwnerAndEventInOneGo", func(t *testing.T) { create(t, fresh(t)) })
	t.Run("CreateThatFailsLeavesNothing", func(t *testing.T) { createFails(t, fresh(t)) })
	t.Run("RoomComesBackAsItWasStored", func(t *testing.T) { asStored(t, fresh(t)) })
	t.Run("NamesAreUniqueWhateverTheASCIICase", func(t *testing.T) { uniqueNames(t, fresh(t)) })
	t.Run("OneOfManyGetsTheName", func(t *testing.T) { nameRace(t, fresh(t)) })
	t.Run("UpdateThatFailsLeavesNothing", func(t *testing.T) { rollback(t, fresh(t)) })
	t.Run("JoinMakesAMember", func(t *testing.T) { join(t, fresh(t)) })
	t.Run("JoinIsRefused", func(t *testing.T) { joinRefused(t, fresh(t)) })
	t.Run("RoomIsNeverFullerThanItMayBe", func(t *testing.T) { capacity(t, fresh(t)) })
	t.Run("OneOfTwoJoinsOfAUserWins", func(t *testing.T) { joinTwice(t, fresh(t)) })
	t.Run("WhoLeftMayComeBack", func(t *testing.T) { rejoin(t, fresh(t)) })
	t.Run("LeaveIsRefused", func(t *testing.T) { leaveRefused(t, fresh(t)) })
	t.Run("OwnerMayLeaveWhenThereIsAnother", func(t *testing.T) { ownerLeaves(t, fresh(t)) })
	t.Run("OwnersWhoLeaveAtOnceLeaveOneBehind", func(t *testing.T) { ownersLeave(t, fresh(t)) })
	t.Run("SeqsHaveNoHoles", func(t *testing.T) { noHoles(t, fresh(t)) })
	t.Run("ListIsSortedByNameAndPaged", func(t *testing.T) { pages(t, fresh(t)) })
	t.Run("ListFindsPartsOfNames", func(t *testing.T) { search(t, fresh(t)) })
	t.Run("ListIsNarrowed", func(t *testing.T) { narrowed(t, fresh(t)) })
	t.Run("ListShowsPrivateRoomsToTheirMembers", func(t *testing.T) { listPrivate(t, fresh(t)) })
	t.Run("StrangersDoNotFindPrivateRooms", func(t *testing.T) { hidden(t, fresh(t)) })
	t.Run("RoomsAreCounted", func(t *testing.T) { counted(t, fresh(t)) })
	t.Run("MembersAreSortedByRoleThenByTimeOfJoin", func(t *testing.T) { members(t, fresh(t)) })
	t.Run("OwnersChangeRoles", func(t *testing.T) { roles(t, fresh(t)) })
	t.Run("OwnersWhoFightLeaveOneBehind", func(t *testing.T) { lastOwner(t, fresh(t)) })
	t.Run("WhoIsKickedIsOut", func(t *testing.T) { kick(t, fresh(t)) })
	t.Run("UpdateChangesWhatIsNamed", func(t *testing.T) { update(t, fresh(t)) })
	t.Run("DeletedRoomIsGoneForEverybody", func(t *testing.T) { deleteRoom(t, fresh(t)) })
	t.Run("NothingFollowsADeletion", func(t *testing.T) { deleteRace(t, fresh(t)) })
	t.Run("InvitationOpensAPrivateRoom", func(t *testing.T) { invite(t, fresh(t)) })
	t.Run("InvitationIsRefused", func(t *testing.T) { inviteRefused(t, fresh(t)) })
	t.Run("OneOfManyInvitationsIsMade", func(t *testing.T) { inviteRace(t, fresh(t)) })
	t.Run("InvitationIsDeclinedOrCancelled", func(t *testing.T) { decline(t, fresh(t)) })
	t.Run("JoiningAcceptsAnInvitation", func(t *testing.T) { joinInvited(t, fresh(t)) })
	t.Run("InvitationExpires", func(t *testing.T) { expired(t, fresh(t)) })
	t.Run("InvitationsAreListedNewestFirst", func(t *testing.T) { newestFirst(t, fresh(t)) })
	t.Run("InvitationsOfARoomAreListedNewestFirst", func(t *testing.T) { invitationsTo(t, fresh(t)) })
	t.Run("WhoRunsTheSystemRemovesRooms", func(t *testing.T) { removeRoom(t, fresh(t)) })
	t.Run("ListGoesOnBehindAPlace", func(t *testing.T) { places(t, fresh(t)) })
	t.Run("BlocksAreListedNewestFirst", func(t *testing.T) { blockList(t, fresh(t)) })
	t.Run("MuteBeginsAndEnds", func(t *testing.T) { mute(t, fresh(t)) })
	t.Run("WhoIsBannedStaysOut", func(t *testing.T) { ban(t, fresh(t)) })
	t.Run("OwnershipIsHandedOn", func(t *testing.T) { transfer(t, fresh(t)) })
	t.Run("OwnerWhoIsGoneHasAnHeir", func(t *testing.T) { departs(t, fresh(t)) })
	t.Run("HeirIsNotGoneToo", func(t *testing.T) { heirs(t, fresh(t)) })
	t.Run("RoomEndsWithItsLastMember", func(t *testing.T) { lastDeparture(t, fresh(t)) })
	t.Run("WhoIsGoneLeavesNoTraces", func(t *testing.T) { departedTraces(t, fresh(t)) })
	t.Run("WhoIsGoneDoesNotComeBack", func(t *testing.T) { endedRefused(t, fresh(t)) })
	t.Run("ManyForgetTheSameUsers", func(t *testing.T) { departureRace(t, fresh(t)) })
	t.Run("UsersBlockEachOther", func(t *testing.T) { block(t, fresh(t)) })
	t.Run("WhateverHappensAtOnceThereIsAnOwnerAndNoCrowd", func(t *testing.T) { anything(t, fresh(t)) })
	t.Run("InvitationsExpireAndArePurged", func(t *testing.T) { purgeInvitations(t, fresh(t)) })
	t.Run("InvitationsArePurgedInBatches", func(t *testing.T) { purgeInvitationsInParts(t, fresh(t)) })
	t.Run("EndOfARoomCancelsItsInvitations", func(t *testing.T) { cancelledByEnd(t, fresh(t)) })
	t.Run("EndOfARoomSaysWhichInvitationsHadExpired", func(t *testing.T) { lapsedByEnd(t, fresh(t)) })
	t.Run("DeletedRoomIsPurged", func(t *testing.T) { purge(t, fresh(t)) })
}

// world is a store with rooms on it, whose clock moves on by a second whenever
// it is read.
type world struct {
	*membership.Rooms
	*tape
}

var start = time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC)

func newWorld(t *testing.T, store membership.Store) *world {
	t.Helper()
	var ticks atomic.Int64
	now := func() time.Time { return start.Add(time.Duration(ticks.Add(1)) * time.Second) }
	w := &tape{t: t, store: store}
	return &world{&membership.Rooms{Store: store, Wire: w, Now: now}, w}
}

// tape is a wire that keeps what it announces, and expects it to be committed
// by then.
type tape struct {
	t     *testing.T
	store membership.Store

	mu     sync.Mutex
	events []journal.Event
	mine   []*journal.UserEvent
}

func (*tape) Joined(u id.User, r journal.Role, created bool) []byte {
	return fmt.Append(nil, u, " joined ", r, created)
}

func (*tape) Left(u id.User) []byte { return fmt.Append(nil, u, " left") }

func (*tape) Added(c id.Conversation, first int64) []byte { return fmt.Append(nil, c, " from ", first) }

func (*tape) Removed(u id.User, why membership.Reason) []byte {
	return fmt.Append(nil, u, " removed ", why)
}

func (*tape) RoleChanged(u id.User, from, to journal.Role) []byte {
	return fmt.Append(nil, u, " was ", from, " is ", to)
}

func (*tape) Muted(u id.User, until time.Time) []byte { return fmt.Append(nil, u, " muted ", until) }

func (*tape) Updated(r membership.Room) []byte { return fmt.Append(nil, "now ", r.Name) }

func (*tape) Deleted(name string) []byte { return fmt.Append(nil, name, " is gone") }

func (*tape) Invited(i membership.Invitation) []byte { return fmt.Append(nil, "invited ", i.ID) }

func (*tape) Settled(i membership.Invitation) []byte { return fmt.Append(nil, i.Status, " ", i.ID) }

func (w *tape) Announce(ctx context.Context, events []journal.Event, mine ...journal.UserEvent) {
	for _, e := range events {
		list, err := w.store.Journal().Events(ctx, e.Conversation, e.Seq-1, 1)
		if err != nil || len(list) != 1 || string(list[0].Body) != string(e.Body) {
			w.t.Errorf("event %d was announced, the journal has %v, %v", e.Seq, list, err)
		}
	}
	for _, e := range mine {
		list, _, _, err := w.store.Journal().UserEvents(ctx, e.User, e.Seq-1, 1)
		if err != nil || len(list) != 1 || string(list[0].Body) != string(e.Body) {
			w.t.Errorf("event %d of a user was announced, the journal has %v, %v", e.Seq, list, err)
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, events...)
	if len(mine) == 0 {
		w.mine = append(w.mine, nil)
	}
	for i := range mine {
		w.mine = append(w.mine, &mine[i])
	}
}

// announced returns how often the bus was rung.
func (w *tape) announced() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.events)
}

// user makes a user, as the auth service does.
func (w *world) user(t *testing.T) id.User {
	t.Helper()
	u := id.User{UUID: id.New()}
	w.must(t, func(tx membership.Tx) error { return tx.CreateUser(t.Context(), u) })
	return u
}

func (w *world) users(t *testing.T, n int) []id.User {
	t.Helper()
	list := make([]id.User, n)
	for i := range list {
		list[i] = w.user(t)
	}
	return list
}

func (w *world) must(t *testing.T, f func(membership.Tx) error) {
	t.Helper()
	if err := w.Store.Update(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// room makes a room with the owner and others who join.
func (w *world) room(t *testing.T, r membership.Room, owner id.User, others ...id.User) id.Room {
	t.Helper()
	made, err := w.Create(t.Context(), owner, r)
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range others {
		w.join(t, u, made.ID)
	}
	return made.ID
}

func (w *world) join(t *testing.T, u id.User, room id.Room) journal.Member {
	t.Helper()
	_, m, err := w.Join(t.Context(), u, room)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// change rewrites the row of a member, or makes one, behind the back of the
// rules.
func (w *world) change(t *testing.T, room id.Room, u id.User, f func(*journal.Member)) {
	t.Helper()
	w.must(t, func(tx membership.Tx) error {
		if _, err := tx.Lock(t.Context(), room.Conversation()); err != nil {
			return err
		}
		m, _, err := tx.Member(t.Context(), room.Conversation(), u)
		if err != nil {
			return err
		}
		m.Conversation, m.User = room.Conversation(), u
		f(&m)
		return tx.PutMember(t.Context(), m)
	})
}

// log returns the events of a room, which must have no hole.
func (w *world) log(t *testing.T, room id.Room) []journal.Event {
	t.Helper()
	events, err := w.Store.Journal().Events(t.Context(), room.Conversation(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	head, err := w.Store.Journal().Head(t.Context(), room.Conversation())
	if err != nil || head.Seq != int64(len(events)) {
		t.Errorf("head %+v of %d events, %v", head, len(events), err)
	}
	for i, e := range events {
		if e.Seq != int64(i)+1 {
			t.Fatalf("event %d has seq %d", i+1, e.Seq)
		}
	}
	return events
}

func (w *world) count(t *testing.T, room id.Room) int {
	t.Helper()
	counts, err := w.Store.Journal().Counts(t.Context(), []id.Conversation{room.Conversation()})
	if err != nil {
		t.Fatal(err)
	}
	return counts[room.Conversation()]
}

func refused(t *testing.T, err error, code string) {
	t.Helper()
	if fault.CodeOf(err) != code {
		t.Errorf("got %v, want %s", err, code)
	}
}
