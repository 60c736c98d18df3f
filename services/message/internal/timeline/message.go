// Package timeline is the heart of the message service: it commits what people
// say, many drafts at once, and reads it back. It knows nothing of gRPC, SQL
// or sockets.
package timeline

import (
	"context"
	"crypto/sha256"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
)

// Limits of a draft, in bytes.
const (
	MaxContent     = 4096
	MaxClientMsgID = 128
)

// Text is the content type of a message that is UTF-8 text.
const Text = "text/plain"

// Message is something said, in its present form.
type Message struct {
	ID           id.Message
	Conversation id.Conversation
	// Seq is the position of the event that sent it.
	Seq    int64
	Author id.User
	// Recipient is the addressee of a direct message; zero in a room.
	Recipient   id.User
	ClientMsgID string
	ContentType string
	Content     []byte
	// Digest is that of the draft, also when the content has changed since.
	Digest    Digest
	CreatedAt time.Time
	EditedAt  time.Time // zero if never
	DeletedAt time.Time // zero unless it is a tombstone
	// Origin is that of the draft, or of the change, if it was committed just now;
	// it is not stored.
	Origin Origin
}

// Draft is a message that has no place in a conversation yet.
type Draft struct {
	Author id.User
	// Room is where it goes, or zero for a direct message to Recipient.
	Room      id.Room
	Recipient id.User
	// ClientMsgID makes a repeated send harmless.
	ClientMsgID string
	ContentType string
	Content     []byte
	Origin      Origin
}

// Origin is what those who watch the system want to know of something that is sent.
type Origin struct {
	// Trace names the span that it belongs to; nil is none.
	Trace []byte
	// SentAt is when it came to the gateway, in microseconds since 1970 UTC; 0 if that
	// is not known.
	SentAt int64
}

// Conversation returns where the draft goes.
func (d *Draft) Conversation() id.Conversation {
	if d.Room.IsZero() {
		return id.Direct(d.Author, d.Recipient)
	}
	return d.Room.Conversation()
}

// Digest tells two drafts apart.
type Digest [16]byte

// Digest returns the first half of the SHA-256 of what is said.
func (d *Draft) Digest() Digest {
	h := sha256.New()
	h.Write([]byte(d.ContentType))
	h.Write([]byte{0})
	h.Write(d.Content)
	return Digest(h.Sum(nil)[:16])
}

// Check refuses what can never be a message.
func (d *Draft) Check() error {
	switch {
	case d.Author.IsZero():
		return fault.New(fault.Unauthenticated, "invalid_token", "a message needs an author")
	case d.Room.IsZero() == d.Recipient.IsZero():
		return fault.New(fault.Invalid, "validation_failed", "a message goes to a room or to a user")
	case d.ClientMsgID == "" || len(d.ClientMsgID) > MaxClientMsgID:
		return fault.New(fault.Invalid, "validation_failed", "client_msg_id must have 1 to %d bytes", MaxClientMsgID)
	case !utf8.ValidString(d.ClientMsgID) || strings.IndexByte(d.ClientMsgID, 0) >= 0:
		return fault.New(fault.Invalid, "validation_failed", "client_msg_id must be text without U+0000")
	}
	return checkContent(d.ContentType, d.Content)
}

// checkContent refuses what no message may say.
func checkContent(kind string, content []byte) error {
	switch {
	case kind != Text:
		return fault.New(fault.Invalid, "content_invalid", "content must be text/plain")
	case len(content) > MaxContent:
		return fault.New(fault.Invalid, "content_invalid", "content must have at most %d bytes", MaxContent)
	case !utf8.Valid(content) || strings.IndexByte(string(content), 0) >= 0:
		return fault.New(fault.Invalid, "content_invalid", "content must be UTF-8 text without U+0000")
	case strings.TrimSpace(string(content)) == "":
		return fault.New(fault.Invalid, "content_invalid", "content must not be empty")
	}
	return nil
}

// Bound narrows a reading of history. At most one field is set.
type Bound struct {
	BeforeSeq, AfterSeq   int64
	BeforeTime, AfterTime time.Time
}

// Store keeps messages, and the journal in the same database.
type Store interface {
	// Commit writes drafts of several authors and conversations, all checked,
	// in one transaction, and says what became of each. Drafts whose
	// conversation is being written by somebody else come back with ErrHeld.
	// An error means that it is not known whether anything was written; the
	// same drafts may be committed again.
	Commit(ctx context.Context, drafts []*Draft, at time.Time) ([]Outcome, error)
	// OpenDirect makes the conversation of two members, which may be there
	// already, and tells them with the events. It reports whether it was made
	// now. A member that does not exist is user_not_found.
	OpenDirect(ctx context.Context, c id.Conversation, members []journal.Member, events []*journal.UserEvent) (fresh bool, err error)

	// Update runs f in a transaction, which is committed unless f returns an
	// error. f may be run again if it came into conflict with others.
	Update(ctx context.Context, f func(Tx) error) error

	// Count returns how many messages there are, and whether it is exact.
	Count(ctx context.Context) (int64, bool, error)
	// Messages reads up to limit messages with First <= seq <= Last, from the
	// newest or from the oldest on, and returns them in that order. Tombstones
	// are left out.
	Messages(ctx context.Context, c id.Conversation, r Range, limit int) ([]Message, error)
	// MessagesAt returns the messages, or tombstones, sent by the events at the
	// seqs.
	MessagesAt(ctx context.Context, c id.Conversation, seqs []int64) (map[int64]Message, error)
	// MessagesByID returns those of the messages that exist.
	MessagesByID(ctx context.Context, ids []id.Message) (map[id.Message]Message, error)
	// ReadMarks returns how far the user has read, where it said so.
	ReadMarks(ctx context.Context, u id.User) (map[id.Conversation]int64, error)
	// CountUnread counts the messages after the seqs that are neither by the user
	// nor deleted, in each conversation up to limit. Those without are left out.
	CountUnread(ctx context.Context, u id.User, after map[id.Conversation]int64, limit int) (map[id.Conversation]int, error)
	// Journal returns the reader of the journal in the same database.
	Journal() journal.Reader
}

// Tx is the store inside a transaction.
type Tx interface {
	journal.Tx
	// Message returns a message; ok is false if there is none.
	Message(ctx context.Context, m id.Message) (found Message, ok bool, err error)
	// SetMessage stores the content of a message and the times of its changes.
	// The head of its conversation must be held.
	SetMessage(ctx context.Context, m Message) error
	// ReadMark returns how far the user has read, 0 if it never said so.
	ReadMark(ctx context.Context, u id.User, c id.Conversation) (int64, error)
	// AdvanceReadMark moves the mark forward; moved is false if it is there, or
	// further, already. The head of the user must be held.
	AdvanceReadMark(ctx context.Context, u id.User, c id.Conversation, seq int64) (moved bool, err error)
	// ClearReadMarks removes up to limit marks of a user who has ended, and returns
	// how many it found.
	ClearReadMarks(ctx context.Context, u id.User, limit int) (int64, error)
	// ClearMessages makes tombstones of up to limit messages, the oldest first,
	// and returns how many it found. The head of the conversation must be held.
	ClearMessages(ctx context.Context, c id.Conversation, at time.Time, limit int) (int64, error)
	// PurgeMessages removes up to limit messages of a deleted conversation, whose
	// log is closed, and as many read marks. It returns how many it found.
	PurgeMessages(ctx context.Context, c id.Conversation, limit int) (int64, error)
}

// Range is a stretch of a conversation.
type Range struct {
	First, Last int64
	Newest      bool // read from the newest on
}

// Outcome is what became of a draft.
type Outcome struct {
	Message Message
	// Fresh means that it was written now, not found.
	Fresh bool
	Err   error
}
