package membership_test

import (
	"context"
	"testing"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
	"github.com/lair-chat/lair/services/room/internal/membership"
)

// cast is a room with everybody in it: somebody of each role, two owners, and
// strangers.
type cast struct {
	*membership.Rooms
	room, den                            id.Room // the den is private
	owner, other, moderator, plain, none id.User
	guest, target                        id.User // strangers; the target is invited
	invitation                           id.Invitation
}

func newCast(t *testing.T, rooms *membership.Rooms, store membership.Store) *cast {
	t.Helper()
	c := &cast{Rooms: rooms}
	for _, u := range []*id.User{&c.owner, &c.other, &c.moderator, &c.plain, &c.none, &c.guest, &c.target} {
		*u = user(t, store)
	}
	for _, r := range []*id.Room{&c.room, &c.den} {
		made, err := rooms.Create(t.Context(), c.owner, membership.Room{Name: id.New().String()})
		if err != nil {
			t.Fatal(err)
		}
		*r = made.ID
		for u, role := range map[id.User]journal.Role{c.other: journal.Owner, c.moderator: journal.Moderator, c.plain: journal.Plain} {
			if _, _, err := rooms.Join(t.Context(), u, *r); err != nil {
				t.Fatal(err)
			}
			if _, err := rooms.SetRole(t.Context(), c.owner, *r, u, role); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := rooms.Update(t.Context(), c.owner, c.den, membership.Change{Private: new(true)}); err != nil {
		t.Fatal(err)
	}
	i, err := rooms.Invite(t.Context(), c.owner, c.room, c.target)
	if err != nil {
		t.Fatal(err)
	}
	c.invitation = i.ID
	return c
}

func drop[T any](_ T, err error) error { return err }

const (
	yes    = ""
	denied = "permission_denied"
	no     = "not_room_member"
	in     = "already_member"
)

// matrix says what comes of each action: for somebody who is no member, for a
// plain one, a moderator and an owner.
var matrix = []struct {
	action                        string
	none, plain, moderator, owner string
	do                            func(context.Context, *cast, id.User) error
}{
	{"get a public room", yes, yes, yes, yes, func(ctx context.Context, c *cast, u id.User) error { return drop(c.Get(ctx, u, c.room)) }},
	{"get a private room", "room_not_found", yes, yes, yes, func(ctx context.Context, c *cast, u id.User) error { return drop(c.Get(ctx, u, c.den)) }},
	{"list the members", no, yes, yes, yes, func(ctx context.Context, c *cast, u id.User) error {
		_, _, err := c.Members(ctx, u, c.room, membership.Page{})
		return err
	}},
	{"list the invitations", no, denied, yes, yes, func(ctx context.Context, c *cast, u id.User) error {
		_, _, err := c.InvitationsTo(ctx, u, c.room, membership.Page{})
		return err
	}},
	{"remove the room for the system", yes, yes, yes, yes, func(ctx context.Context, c *cast, u id.User) error { return c.Remove(ctx, u, c.room) }},
	{"join a public room", yes, in, in, in, func(ctx context.Context, c *cast, u id.User) error { _, _, err := c.Join(ctx, u, c.room); return err }},
	{"join a private room", "room_private", in, in, in, func(ctx context.Context, c *cast, u id.User) error { _, _, err := c.Join(ctx, u, c.den); return err }},
	{"leave", no, yes, yes, yes, func(ctx context.Context, c *cast, u id.User) error { return c.Leave(ctx, u, c.room) }},
	{"change the room", no, denied, yes, yes, func(ctx context.Context, c *cast, u id.User) error {
		return drop(c.Update(ctx, u, c.room, membership.Change{Moderated: new(true)}))
	}},
	{"delete the room", no, denied, denied, yes, func(ctx context.Context, c *cast, u id.User) error { return c.Delete(ctx, u, c.room) }},
	{"invite", no, denied, yes, yes, func(ctx context.Context, c *cast, u id.User) error { return drop(c.Invite(ctx, u, c.room, c.guest)) }},
	{"cancel another's invitation", denied, denied, yes, yes, func(ctx context.Context, c *cast, u id.User) error { return c.Cancel(ctx, u, c.invitation) }},
	{"accept another's invitation", "not_invitee", "not_invitee", "not_invitee", "not_invitee", func(ctx context.Context, c *cast, u id.User) error {
		_, _, err := c.Accept(ctx, u, c.invitation)
		return err
	}},
	{"promote", no, denied, denied, yes, func(ctx context.Context, c *cast, u id.User) error {
		return drop(c.SetRole(ctx, u, c.room, c.plain, journal.Owner))
	}},
	{"demote an owner", no, denied, denied, yes, func(ctx context.Context, c *cast, u id.User) error {
		return drop(c.SetRole(ctx, u, c.room, c.other, journal.Plain))
	}},
	{"hand the room on", no, denied, denied, yes, func(ctx context.Context, c *cast, u id.User) error {
		return drop(c.Transfer(ctx, u, c.room, c.other))
	}},
	{"ban a stranger", no, denied, yes, yes, func(ctx context.Context, c *cast, u id.User) error { return c.Ban(ctx, u, c.room, c.guest) }},
	{"unban", no, denied, yes, yes, func(ctx context.Context, c *cast, u id.User) error { return c.Unban(ctx, u, c.room, c.guest) }},
	{"list the bans", no, denied, yes, yes, func(ctx context.Context, c *cast, u id.User) error { return drop(c.Bans(ctx, u, c.room)) }},
}

func TestWhoMayDoWhat(t *testing.T) {
	rooms, store, _ := setup(t)
	for _, line := range matrix {
		t.Run(line.action, func(t *testing.T) {
			for i, want := range []string{line.none, line.plain, line.moderator, line.owner} {
				c := newCast(t, rooms, store)
				u := []id.User{c.none, c.plain, c.moderator, c.owner}[i]
				if err := line.do(t.Context(), c, u); fault.CodeOf(err) != want {
					t.Errorf("%s: got %v, want %q", []string{"a stranger", "a member", "a moderator", "an owner"}[i], err, want)
				}
			}
		})
	}
}

// TestWhoIsOverWhom: kicking, muting and banning follow one rule.
func TestWhoIsOverWhom(t *testing.T) {
	rooms, store, _ := setup(t)
	for name, do := range map[string]func(context.Context, *cast, id.User, id.User) error{
		"kick": func(ctx context.Context, c *cast, u, v id.User) error { return c.Kick(ctx, u, c.room, v) },
		"ban":  func(ctx context.Context, c *cast, u, v id.User) error { return c.Ban(ctx, u, c.room, v) },
		"mute": func(ctx context.Context, c *cast, u, v id.User) error {
			return drop(c.Mute(ctx, u, c.room, v, now().Add(time.Hour)))
		},
	} {
		t.Run(name, func(t *testing.T) {
			for i, line := range [][3]string{ // of a plain one, a moderator, an owner
				{no, no, no},
				{denied, denied, denied},
				{yes, denied, denied},
				{yes, yes, yes},
			} {
				for j, want := range line {
					c := newCast(t, rooms, store)
					u := []id.User{c.none, c.guest, c.moderator, c.owner}[i]
					if i == 1 {
						if _, _, err := rooms.Join(t.Context(), u, c.room); err != nil {
							t.Fatal(err)
						}
					}
					second := user(t, store) // another moderator than the one who acts
					if _, _, err := rooms.Join(t.Context(), second, c.room); err != nil {
						t.Fatal(err)
					}
					if _, err := rooms.SetRole(t.Context(), c.owner, c.room, second, journal.Moderator); err != nil {
						t.Fatal(err)
					}
					v := []id.User{c.plain, second, c.other}[j]
					if err := do(t.Context(), c, u, v); fault.CodeOf(err) != want {
						t.Errorf("role %d over role %d: got %v, want %q", i, j+1, err, want)
					}
					if err := do(t.Context(), c, u, u); fault.CodeOf(err) != denied {
						t.Errorf("role %d over himself: %v", i, err)
					}
				}
			}
		})
	}
}
