package timeline

import (
	"bytes"
	"context"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
)

// The refusals of a change.
var (
	errNoMessage = fault.New(fault.NotFound, "message_not_found", "there is no such message")
	errNotAuthor = fault.New(fault.Denied, "not_message_author", "only its author may edit a message")
	errDeleted   = fault.New(fault.Conflict, "message_deleted", "this message was deleted")
	errNotYours  = fault.New(fault.Denied, "permission_denied", "only its author and moderators of its room may delete a message")
)

// setting is what the rules of a change look at, read while the head is held.
type setting struct {
	head    *journal.Head
	member  journal.Member // the row of who acts
	blocked bool           // the addressee does not want to hear who acts
	by      id.User
	at      time.Time
}

// change is an edit or a deletion.
type change struct {
	// decide returns the message as it is to be, or as it is if there is nothing
	// to do.
	decide func(setting, Message) (Message, error)
	body   func(Message) []byte
}

// Edit gives a message another content. Editing it again with the same content
// changes nothing, so an edit may be repeated. Errors: content_invalid,
// message_not_found, not_room_member, not_message_author, message_deleted,
// permission_denied, user_blocked.
func (t *Timeline) Edit(ctx context.Context, by id.User, which id.Message, kind string, content []byte) (Message, error) {
	if err := checkContent(kind, content); err != nil {
		return Message{}, err
	}
	return t.change(ctx, by, which, change{body: t.needs.Wire.Edited, decide: func(s setting, m Message) (Message, error) {
		if err := s.mayEdit(m); err != nil {
			return m, err
		}
		if m.EditedAt.IsZero() || m.ContentType != kind || !bytes.Equal(m.Content, content) {
			m.ContentType, m.Content, m.EditedAt = kind, content, s.at
		}
		return m, nil
	}})
}

// Delete makes a tombstone of a message: its content is gone, its place and the
// id that its author gave it stay. Deleting it again changes nothing. Errors:
// message_not_found, not_room_member, permission_denied.
func (t *Timeline) Delete(ctx context.Context, by id.User, which id.Message) (Message, error) {
	return t.change(ctx, by, which, change{body: t.needs.Wire.Deleted, decide: func(s setting, m Message) (Message, error) {
		if err := s.mayDelete(m); err != nil {
			return m, err
		}
		if m.DeletedAt.IsZero() {
			m.Content, m.DeletedAt = []byte{}, s.at
		}
		return m, nil
	}})
}

// sees is errNoMessage for those who may not know of the message. An author who
// has left knows of it and is told why nothing happens.
func (s setting) sees(m Message) error {
	switch {
	case s.member.Active() && !s.head.Deleted:
		return nil
	case m.Author == s.by:
		return errNotMember
	}
	return errNoMessage
}

// mayEdit asks for the right to speak, too: the new content is heard by all.
func (s setting) mayEdit(m Message) error {
	if err := s.sees(m); err != nil {
		return err
	}
	switch {
	case m.Author != s.by:
		return errNotAuthor
	case !m.DeletedAt.IsZero():
		return errDeleted
	case s.at.Before(s.member.MutedUntil):
		return errMuted
	case s.head.Moderated && s.member.Role < journal.Moderator:
		return errModerated
	case s.blocked:
		return errBlocked
	}
	return nil
}

// mayDelete lets everybody take back what they said, also who may not speak.
func (s setting) mayDelete(m Message) error {
	if err := s.sees(m); err != nil {
		return err
	}
	if m.Author != s.by && (s.head.Kind != journal.Room || s.member.Role < journal.Moderator) {
		return errNotYours
	}
	return nil
}

// change carries out a change: with the head held, so that it has a place among
// the messages and nobody changes the same message at once.
func (t *Timeline) change(ctx context.Context, by id.User, which id.Message, c change) (Message, error) {
	// A message never moves, so its conversation may be read before.
	found, err := t.needs.Store.MessagesByID(ctx, []id.Message{which})
	if err != nil {
		return Message{}, err
	}
	old, ok := found[which]
	if !ok {
		return Message{}, errNoMessage
	}
	var m Message
	var event *journal.Event
	err = t.needs.Store.Update(ctx, func(tx Tx) error {
		event = nil
		s, err := t.look(ctx, tx, old, by)
		if err != nil {
			return err
		}
		before, _, err := tx.Message(ctx, which)
		if err != nil {
			return err
		}
		if m, err = c.decide(s, before); err != nil {
			return err
		}
		if m.EditedAt.Equal(before.EditedAt) && m.DeletedAt.Equal(before.DeletedAt) {
			return nil
		}
		event = &journal.Event{At: s.at, Actor: by, Message: which, Body: c.body(m)}
		if err := tx.Append(ctx, s.head, event); err != nil {
			return err
		}
		return tx.SetMessage(ctx, m)
	})
	if err != nil {
		return Message{}, err
	}
	if event != nil {
		t.needs.Wire.Changed(ctx, *event, m)
	}
	return m, nil
}

// look takes the head of the message's conversation and reads what the rules
// look at. The moment is that of the lock: times grow with positions.
func (t *Timeline) look(ctx context.Context, tx Tx, m Message, by id.User) (setting, error) {
	head, err := tx.Lock(ctx, m.Conversation)
	if err != nil {
		return setting{}, err
	}
	s := setting{head: head, by: by, at: t.needs.Now().UTC().Truncate(time.Microsecond)}
	if s.member, _, err = tx.Member(ctx, m.Conversation, by); err != nil {
		return s, err
	}
	if !m.Recipient.IsZero() {
		s.blocked, err = tx.Blocked(ctx, m.Recipient, by)
	}
	return s, err
}
