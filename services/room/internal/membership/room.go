// Package membership is the heart of the room service: rooms, and who may do
// what in them. It knows nothing of gRPC, SQL or sockets.
package membership

import (
	"context"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
)

// Limits, in bytes.
const (
	MaxName        = 64
	MaxDescription = 1024
)

// MaxPage is the largest page of a list.
const MaxPage = 1000

// Room is a place to talk. Its members are in the journal.
type Room struct {
	ID    id.Room
	Name  string
	Owner id.User // who made it
	// Description is nil if there is none.
	Description *string
	Private     bool
	MaxMembers  uint32 // 0 is no limit
	// Moderated means that plain members may not send; the head says so, too.
	Moderated bool
	CreatedAt time.Time
}

// Key is the name as it must be unique: ASCII letters count as lower case.
func Key(name string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, name)
}

// check refuses a room that can never be, and trims its name.
func (r *Room) check() error {
	r.Name = strings.TrimSpace(r.Name)
	switch {
	case r.Name == "" || len(r.Name) > MaxName:
		return fault.New(fault.Invalid, "room_name_invalid", "a room name must have 1 to %d bytes", MaxName)
	case !isText(r.Name):
		return fault.New(fault.Invalid, "room_name_invalid", "a room name must be UTF-8 text without U+0000")
	case strings.ContainsFunc(r.Name, unseen):
		return fault.New(fault.Invalid, "room_name_invalid", "a room name must not have control characters")
	case r.Description != nil && (len(*r.Description) > MaxDescription || !isText(*r.Description)):
		return fault.New(fault.Invalid, "validation_failed", "a description must be UTF-8 text of at most %d bytes without U+0000", MaxDescription)
	}
	return nil
}

// unseen reports characters that break or turn the line that a name is shown in.
func unseen(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Bidi_Control, unicode.Zl, unicode.Zp)
}

func isText(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

// The refusals.
var (
	ErrNotFound  = fault.New(fault.NotFound, "room_not_found", "there is no such room")
	ErrNameTaken = fault.New(fault.Conflict, "room_name_taken", "there is a room of this name already")
	errPrivate   = fault.New(fault.Conflict, "room_private", "this room is private, you need an invitation")
	errMember    = fault.New(fault.Conflict, "already_member", "you are a member of this room already")
	errFull      = fault.New(fault.Conflict, "room_full", "this room is full")
	errNotMember = fault.New(fault.Denied, "not_room_member", "you are not a member of this room")
	errLastOwner = fault.New(fault.Conflict, "last_owner", "the only owner cannot go, make somebody else an owner first")
)

// The refusals of those who govern a room, and of invitations.
var (
	ErrNoInvitation = fault.New(fault.NotFound, "invitation_not_found", "there is no such invitation")
	errTarget       = fault.New(fault.Denied, "not_room_member", "this user is not a member of this room")
	errRank         = fault.New(fault.Denied, "permission_denied", "your role in this room does not allow this")
	errSelf         = fault.New(fault.Denied, "permission_denied", "you cannot do this to yourself")
	errOneself      = fault.New(fault.Invalid, "validation_failed", "the user must be somebody else")
	errRole         = fault.New(fault.Invalid, "validation_failed", "a role must be owner, moderator or member")
	errBelow        = fault.New(fault.Invalid, "validation_failed", "max_members must not be less than there are members")
	errUntil        = fault.New(fault.Invalid, "validation_failed", "a mute must end in the future, before the year 10000")
	errNoUser       = fault.New(fault.NotFound, "user_not_found", "there is no such user")
	errBanned       = fault.New(fault.Denied, "user_banned", "you are banned from this room")
	errInviteeBan   = fault.New(fault.Denied, "user_banned", "this user is banned from this room")
	errInviteeIn    = fault.New(fault.Conflict, "already_member", "this user is a member of this room already")
	errInvited      = fault.New(fault.Conflict, "already_invited", "this user has been invited already")
	errBlocked      = fault.New(fault.Denied, "user_blocked", "this user does not take invitations from you")
	errNotInvitee   = fault.New(fault.Conflict, "not_invitee", "this invitation is for somebody else")
	errExpired      = fault.New(fault.Conflict, "invitation_expired", "this invitation cannot be answered any more")
)

// Query says which rooms are wanted.
type Query struct {
	// Search is part of the key of the name; empty for all.
	Search     string
	Mine       []id.Room // the rooms of who asks
	MineOnly   bool
	PublicOnly bool
	Limit      int
	Offset     int
	// After is the place behind which the page begins: the key of a name; empty
	// for the beginning.
	After string
}

// Tx is the store inside a transaction.
type Tx interface {
	journal.Tx
	// Room returns a room, or ErrNotFound.
	Room(ctx context.Context, r id.Room) (Room, error)
	// InsertRoom stores a new room. ErrNameTaken if the key of the name is in
	// use; the transaction is then of no more use.
	InsertRoom(ctx context.Context, r Room) error
	// UpdateRoom stores a room anew, at that time. ErrNameTaken as above.
	UpdateRoom(ctx context.Context, r Room, at time.Time) error
	// DeleteRoom forgets a room, its invitations and its bans.
	DeleteRoom(ctx context.Context, r id.Room) error

	// Invitation returns an invitation, or ErrNoInvitation.
	Invitation(ctx context.Context, i id.Invitation) (Invitation, error)
	// Pending returns the pending invitation of a user to a room, also if its
	// time has passed; ok is false if there is none.
	Pending(ctx context.Context, r id.Room, u id.User) (i Invitation, ok bool, err error)
	// PutInvitation stores a new invitation, or what became of an old one.
	PutInvitation(ctx context.Context, i Invitation) error

	// PendingTo returns the pending invitations to a room, also those whose time has
	// passed.
	PendingTo(ctx context.Context, r id.Room) ([]Invitation, error)

	// PurgeInvitations removes up to limit invitations that were settled before the
	// moment, the oldest first, and returns how many it found.
	PurgeInvitations(ctx context.Context, before time.Time, limit int) (int64, error)

	// Banned reports whether a user is kept out of a room.
	Banned(ctx context.Context, r id.Room, u id.User) (bool, error)
	// PutBan keeps a user out, unless it is kept out already.
	PutBan(ctx context.Context, b Ban) error
	// DeleteBan lets a user in again.
	DeleteBan(ctx context.Context, r id.Room, u id.User) error
	// ClearBans removes up to limit bans of a user who has ended, and returns how
	// many it found.
	ClearBans(ctx context.Context, u id.User, limit int) (int64, error)
}

// Store keeps rooms. It is safe for concurrent use.
type Store interface {
	// Update runs f in a transaction, which is committed unless f returns an
	// error. f may be run again if it came into conflict with others.
	Update(ctx context.Context, f func(Tx) error) error
	// Room returns a room, or ErrNotFound.
	Room(ctx context.Context, r id.Room) (Room, error)
	// Count returns how many rooms there are, and whether it is exact.
	Count(ctx context.Context) (int64, bool, error)
	// Rooms returns a page of rooms by name, and how many there are in all.
	Rooms(ctx context.Context, q Query) ([]Room, int, error)
	// Invitation returns an invitation, or ErrNoInvitation.
	Invitation(ctx context.Context, i id.Invitation) (Invitation, error)
	// Pending returns the pending invitation of a user to a room, also if its
	// time has passed; ok is false if there is none.
	Pending(ctx context.Context, r id.Room, u id.User) (i Invitation, ok bool, err error)
	// Invitations returns the invitations to a user that are pending at that
	// time, the newest first.
	Invitations(ctx context.Context, u id.User, at time.Time, limit, offset int) ([]Invitation, error)
	// InvitationsTo returns those to a room.
	InvitationsTo(ctx context.Context, r id.Room, at time.Time, limit, offset int) ([]Invitation, error)
	// InvitationsWith returns up to limit pending invitations by or to a user, also
	// those whose time has passed.
	InvitationsWith(ctx context.Context, u id.User, limit int) ([]Invitation, error)
	// ExpiredInvitations returns up to limit invitations that are pending although
	// their time has passed, the oldest first.
	ExpiredInvitations(ctx context.Context, at time.Time, limit int) ([]Invitation, error)
	// Bans returns who is kept out of a room, the newest first.
	Bans(ctx context.Context, r id.Room) ([]Ban, error)
	// Journal returns the reader of the journal in the same database.
	Journal() journal.Reader
}

// Reason is why somebody is no longer a member against his will.
type Reason uint8

// The reasons.
const (
	Kicked Reason = iota + 1
	Banned
)

// Wire turns events into what the journal stores and the bus carries.
type Wire interface {
	Joined(u id.User, r journal.Role, created bool) []byte
	Left(u id.User) []byte
	Removed(u id.User, why Reason) []byte
	RoleChanged(u id.User, from, to journal.Role) []byte
	Muted(u id.User, until time.Time) []byte
	Updated(r Room) []byte
	Deleted(name string) []byte
	// Added, Invited and Settled are events of users.
	Added(c id.Conversation, first int64) []byte
	Invited(i Invitation) []byte
	Settled(i Invitation) []byte
	// Announce rings the bus for what was committed: events of one conversation
	// in the order of their seqs, and events of users; best effort.
	Announce(ctx context.Context, events []journal.Event, mine ...journal.UserEvent)
}
