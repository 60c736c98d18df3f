// Package journal puts events into the sequences of conversations and users.
//
// It owns what the order of events depends on: the head of every conversation,
// who is a member, who blocks whom, and the head of every user. Services that
// share a database use it inside their own transactions, so that what they
// write and the event that tells of it are committed together or not at all.
//
// # Locks
//
// A conversation is written only by a transaction that holds its head. Sending,
// joining, leaving, kicking, muting and deleting all take the head first, so a
// kicked member's message can never follow the kick. The order of locks is:
// heads of conversations by id, then heads of users by id, then other rows.
// Nobody locks a head after another row.
package journal

import (
	"context"
	"time"

	"github.com/lair-chat/lair/pkg/id"
)

// Kind is the kind of a conversation.
type Kind uint8

// The kinds. Their numbers are stored.
const (
	Room   Kind = 1
	Direct Kind = 2
)

// Role is what a member may do in a room. A higher role includes the lower.
type Role uint8

// The roles. Their numbers are stored.
const (
	Plain     Role = 1
	Moderator Role = 2
	Owner     Role = 3
)

// Part is what one service purges of a deleted conversation.
type Part uint8

// The parts.
const (
	Log      Part = iota + 1 // events and members
	Messages                 // and how far they were read
)

// Head is the row that serialises the writers of a conversation.
type Head struct {
	Conversation id.Conversation
	Kind         Kind
	// Seq is the position of the newest event, 0 if there is none.
	Seq int64
	// First is the position of the oldest event that the log still keeps.
	First int64
	// Moderated means that plain members may not send.
	Moderated bool
	// Deleted means that nobody may send any more.
	Deleted bool
}

// Member is somebody's place in a conversation. The row stays when the user
// leaves, so that the user still gets the events up to that one.
type Member struct {
	Conversation id.Conversation
	User         id.User
	Role         Role
	JoinedAt     time.Time
	// JoinedSeq is the event of the (last) join.
	JoinedSeq int64
	// LeftSeq is the event with which the user left; 0 while it is a member.
	LeftSeq int64
	// MutedUntil is zero unless the user is muted.
	MutedUntil time.Time
	// Peer is the other person of a direct conversation.
	Peer id.User
}

// Active reports whether the user is a member now.
func (m Member) Active() bool { return m.LeftSeq == 0 && !m.User.IsZero() }

// Place is a user in a conversation.
type Place struct {
	Conversation id.Conversation
	User         id.User
}

// Block is a pair of users of whom the one does not want to hear the other.
type Block struct {
	By, User id.User
	At       time.Time // zero if that is not known
}

// Event is one entry of a conversation's sequence.
type Event struct {
	Conversation id.Conversation
	Seq          int64
	At           time.Time
	Actor        id.User
	// Message is the message that the event sends, edits or deletes; zero for
	// other events.
	Message id.Message
	// Body is a marshalled event.v1.Body; empty for a message that is sent.
	Body []byte
}

// UserEvent is one entry of a user's own sequence.
type UserEvent struct {
	User id.User
	Seq  int64
	At   time.Time
	// Body is a marshalled event.v1.UserBody.
	Body []byte
}

// Tx is the journal inside the transaction of a service. It is not safe for
// concurrent use, and dead when the transaction ends.
type Tx interface {
	// CreateUser makes the head of a new user.
	CreateUser(ctx context.Context, u id.User) error
	// EndUser ends the sequence of a user who deleted its account: it does not
	// exist any more, for whoever takes its head later. To do it again is no
	// change. It waits for the head of the user and holds it.
	EndUser(ctx context.Context, u id.User) error
	// UsersExist reports whether all of the users have a head, and none of them
	// has ended.
	UsersExist(ctx context.Context, users ...id.User) (bool, error)

	// Create makes a conversation without events, and holds its head.
	Create(ctx context.Context, c id.Conversation, k Kind) (*Head, error)
	// Lock waits for the head of the conversation and holds it until the
	// transaction ends. The error has the kind NotFound if there is none, and
	// Unavailable if the wait is too long.
	Lock(ctx context.Context, c id.Conversation) (*Head, error)
	// SetHead stores Moderated and Deleted of a held head.
	SetHead(ctx context.Context, h *Head) error

	// Member returns the row of a user; ok is false if there is none.
	Member(ctx context.Context, c id.Conversation, u id.User) (m Member, ok bool, err error)
	// Members returns the members of now: by role, then by time of joining.
	Members(ctx context.Context, c id.Conversation) ([]Member, error)
	// PutMember inserts or replaces a row. The head must be held.
	PutMember(ctx context.Context, m Member) error
	// Retire deletes the held conversation: nobody is a member after its newest
	// event, and what is kept of it may be purged some time after the moment.
	Retire(ctx context.Context, h *Head, at time.Time) error
	// CloseLog lets the log of a deleted conversation begin behind its newest
	// event, so that whoever asks for an earlier one is told that it is gone. It
	// comes before anything is purged that events refer to.
	CloseLog(ctx context.Context, h *Head) error
	// PurgeLog closes the log of a deleted conversation and removes up to limit of
	// its members, and as many of its events. It returns how many it found.
	PurgeLog(ctx context.Context, h *Head, limit int) (int64, error)
	// Purged notes that the part of a deleted conversation is gone.
	Purged(ctx context.Context, h *Head, p Part) error
	// EndMembers ends all memberships with the newest event of the held head.
	EndMembers(ctx context.Context, h *Head) error

	// Blocked reports whether the one user blocks the other.
	Blocked(ctx context.Context, by, user id.User) (bool, error)
	// SetBlock blocks, since that time unless it did already, or unblocks. The
	// head of the direct conversation of the two, if there is one, must be held.
	SetBlock(ctx context.Context, by, user id.User, blocked bool, at time.Time) error
	// ClearBlocks removes up to limit blocks by a user who has ended and as many
	// of it, and returns how many it found.
	ClearBlocks(ctx context.Context, u id.User, limit int) (int64, error)

	// Append gives e the next seq of the held head and stores it. It sets
	// e.Conversation and e.Seq, and advances h.
	Append(ctx context.Context, h *Head, e *Event) error
	// AppendUser gives e the next seq of the sequence of e.User, whose head it
	// locks. Call it last, in the order of the user ids. ErrNoUser if the user
	// does not exist, or has ended; the transaction goes on.
	AppendUser(ctx context.Context, e *UserEvent) error
}

// Reader answers questions from what is committed. It is safe for concurrent
// use.
type Reader interface {
	// First returns the position of the first event of a sequence that is made now: 1
	// unless a backup was restored.
	First(ctx context.Context) (int64, error)
	// Head returns a head; the error has the kind NotFound if there is none.
	Head(ctx context.Context, c id.Conversation) (Head, error)
	// Heads returns the newest seqs of those conversations and users that exist.
	Heads(ctx context.Context, cs []id.Conversation, us []id.User) (map[id.Conversation]int64, map[id.User]int64, error)
	// Events returns up to limit events after seq, the oldest first.
	Events(ctx context.Context, c id.Conversation, after int64, limit int) ([]Event, error)
	// Retired returns up to limit conversations that were deleted before the
	// moment and have the part still, the oldest deletion first.
	Retired(ctx context.Context, p Part, before time.Time, limit int) ([]id.Conversation, error)
	// UserExists reports whether the user has a head and has not ended.
	UserExists(ctx context.Context, u id.User) (bool, error)
	// UserEvents returns up to limit events of the user after seq, the oldest
	// first, with the position of the newest and of the oldest kept event.
	UserEvents(ctx context.Context, u id.User, after int64, limit int) (events []UserEvent, head, first int64, err error)

	// Member returns the row of a user; ok is false if there is none.
	Member(ctx context.Context, c id.Conversation, u id.User) (m Member, ok bool, err error)
	// Members returns the members of now: by role, the highest first, then by
	// time of joining.
	Members(ctx context.Context, c id.Conversation) ([]Member, error)
	// MemberPage returns a part of Members.
	MemberPage(ctx context.Context, c id.Conversation, limit, offset int) ([]Member, error)
	// Blocks returns whom a user blocks, the newest first.
	Blocks(ctx context.Context, by id.User, limit, offset int) ([]Block, error)
	// Memberships returns all rows of a user, also those of conversations that
	// it left, each with the head of its conversation.
	Memberships(ctx context.Context, u id.User) ([]Membership, error)
	// Counts returns how many members each conversation has.
	Counts(ctx context.Context, cs []id.Conversation) (map[id.Conversation]int, error)
}

// Membership is a member's row and the head of its conversation.
type Membership struct {
	Member
	Head Head
}
