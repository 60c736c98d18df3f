package timeline

import (
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
)

// ErrHeld says that somebody else is writing to the conversation: nothing was
// done with the draft, and it may be committed with the next batch.
var ErrHeld = fault.New(fault.Unavailable, "busy", "the conversation is busy, try again")

// The refusals of a draft.
var (
	errNotMember = fault.New(fault.Denied, "not_room_member", "you are not a member of this room")
	errMuted     = fault.New(fault.Denied, "permission_denied", "you are muted in this room")
	errModerated = fault.New(fault.Denied, "permission_denied", "only moderators may speak in this room")
	errNoUser    = fault.New(fault.NotFound, "user_not_found", "there is no such user")
	errBlocked   = fault.New(fault.Denied, "user_blocked", "this user does not take messages from you")
	errReused    = fault.New(fault.Conflict, "client_msg_id_reused", "this client_msg_id was used for another message")
)

// Sent names a message by what its author called it.
type Sent struct {
	journal.Place
	ClientMsgID string
}

// State is what a batch depends on, read while the heads are held.
type State struct {
	Heads   map[id.Conversation]*journal.Head
	Members map[journal.Place]journal.Member
	Blocks  map[journal.Block]bool
	// Ended has those people of direct messages who have deleted their accounts.
	Ended map[id.User]bool
	// Sent has those of the drafts' ids that are in use.
	Sent map[Sent]Message
}

// NewState returns an empty state.
func NewState() State {
	return State{
		Heads: map[id.Conversation]*journal.Head{}, Members: map[journal.Place]journal.Member{},
		Blocks: map[journal.Block]bool{}, Ended: map[id.User]bool{}, Sent: map[Sent]Message{},
	}
}

// Plan decides what becomes of each draft, and gives those that are to be
// written the next seqs of their conversations. It is the only place where the
// rules of sending stand; stores read the state and write the plan.
func Plan(drafts []*Draft, s State, at time.Time) []Outcome {
	next := make(map[id.Conversation]int64, len(s.Heads))
	for c, h := range s.Heads {
		next[c] = h.Seq + 1
	}
	outcomes := make([]Outcome, len(drafts))
	for i, d := range drafts {
		c := d.Conversation()
		head, held := s.Heads[c]
		if !held {
			outcomes[i].Err = ErrHeld
			continue
		}
		// A repeat comes first: the message is there, also if its author may not
		// write any more and has only missed the answer.
		key := Sent{journal.Place{Conversation: c, User: d.Author}, d.ClientMsgID}
		if first, ok := s.Sent[key]; ok {
			outcomes[i].Message = first
			if first.Digest != d.Digest() {
				outcomes[i] = Outcome{Err: errReused}
			}
			continue
		}
		if err := allowed(d, head, s, at); err != nil {
			outcomes[i].Err = err
			continue
		}
		m := Message{
			ID: id.Message{UUID: id.New()}, Conversation: c, Seq: next[c], Author: d.Author, Recipient: d.Recipient,
			ClientMsgID: d.ClientMsgID, ContentType: d.ContentType, Content: d.Content, Digest: d.Digest(), CreatedAt: at,
		}
		next[c]++
		s.Sent[key] = m
		outcomes[i] = Outcome{Message: m, Fresh: true}
	}
	return outcomes
}

func allowed(d *Draft, head *journal.Head, s State, at time.Time) error {
	m := s.Members[journal.Place{Conversation: head.Conversation, User: d.Author}]
	switch {
	case !m.Active() || head.Deleted:
		return errNotMember
	case at.Before(m.MutedUntil):
		return errMuted
	case head.Moderated && m.Role < journal.Moderator:
		return errModerated
	case s.Ended[d.Recipient] || s.Ended[d.Author]:
		return errNoUser
	case s.Blocks[journal.Block{By: d.Recipient, User: d.Author}]:
		return errBlocked
	}
	return nil
}
