package lair

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// Event is something that happened.
type Event struct {
	// Type is one of clientv1.Type…: "message_received", "reset" and so on.
	// There may be types that this package does not know.
	Type string

	// Conversation and Seq are the place of an event of a conversation. Of one's
	// own sequence UserSeq is the place. An event that has neither is fleeting.
	Conversation id.Conversation
	Seq          int64
	UserSeq      int64

	// Raw is the frame as it came. It must not be changed.
	Raw json.RawMessage

	// stands and at say where Conversation stands once the event was taken.
	stands bool
	at     int64
}

// Durable reports whether the event has a place in a sequence, and so comes
// exactly once. A reset has none: it says where a sequence begins anew.
func (e Event) Durable() bool {
	return e.Type != clientv1.TypeReset && (e.UserSeq > 0 || e.inConversation())
}

func (e Event) inConversation() bool { return e.Seq > 0 && !e.Conversation.IsZero() }

// Decode returns the event as a pointer to its type: *clientv1.MessageReceived,
// *clientv1.MessageEdited, *clientv1.MessageDeleted, *clientv1.ReadMarked,
// *clientv1.UserJoinedRoom, *clientv1.UserLeftRoom, *clientv1.ConversationAdded,
// *clientv1.UserPresence, *clientv1.UserTyping, *clientv1.ServerNotice,
// *clientv1.MemberRoleChanged, *clientv1.RoomUpdated, *clientv1.RoomDeleted,
// *clientv1.MemberMuted, *clientv1.InvitationEvent, *clientv1.SessionExpiring,
// *clientv1.UserUpdated,
// *clientv1.Reset or *clientv1.ErrorFrame. An event of another type is returned
// as its json.RawMessage.
func (e Event) Decode() (any, error) {
	var v any
	switch e.Type {
	case clientv1.TypeMessageReceived:
		v = new(clientv1.MessageReceived)
	case clientv1.TypeMessageEdited:
		v = new(clientv1.MessageEdited)
	case clientv1.TypeMessageDeleted:
		v = new(clientv1.MessageDeleted)
	case clientv1.TypeUserJoinedRoom:
		v = new(clientv1.UserJoinedRoom)
	case clientv1.TypeUserLeftRoom:
		v = new(clientv1.UserLeftRoom)
	case clientv1.TypeConversationAdded:
		v = new(clientv1.ConversationAdded)
	case clientv1.TypeUserUpdated:
		v = new(clientv1.UserUpdated)
	case clientv1.TypeReadMarked:
		v = new(clientv1.ReadMarked)
	case clientv1.TypeUserOnline, clientv1.TypeUserOffline:
		v = new(clientv1.UserPresence)
	case clientv1.TypeUserTyping:
		v = new(clientv1.UserTyping)
	case clientv1.TypeMemberRoleChanged:
		v = new(clientv1.MemberRoleChanged)
	case clientv1.TypeRoomUpdated:
		v = new(clientv1.RoomUpdated)
	case clientv1.TypeRoomDeleted:
		v = new(clientv1.RoomDeleted)
	case clientv1.TypeMemberMuted:
		v = new(clientv1.MemberMuted)
	case clientv1.TypeInvitationReceived, clientv1.TypeInvitationChanged:
		v = new(clientv1.InvitationEvent)
	case clientv1.TypeServerNotice:
		v = new(clientv1.ServerNotice)
	case clientv1.TypeSessionExpiring:
		v = new(clientv1.SessionExpiring)
	case clientv1.TypeReset:
		v = new(clientv1.Reset)
	case clientv1.TypeError:
		v = new(clientv1.ErrorFrame)
	default:
		return e.Raw, nil
	}
	if err := json.Unmarshal(e.Raw, v); err != nil {
		return nil, fmt.Errorf("an event of type %s: %w", e.Type, err)
	}
	return v, nil
}

// frame is what the link itself needs to know of a frame.
type frame struct {
	Type         string           `json:"type"`
	RequestID    *string          `json:"request_id"`
	Conversation *id.Conversation `json:"conversation"`
	Seq          int64            `json:"seq"`
	UserSeq      int64            `json:"user_seq"`
	FirstSeq     int64            `json:"first_seq"`
	AfterMS      int64            `json:"after_ms"`
	raw          []byte
}

func decodeFrame(raw []byte) (frame, error) {
	f := frame{raw: raw}
	if err := json.Unmarshal(raw, &f); err != nil {
		return f, fmt.Errorf("the server sent a frame that is no message: %w", err)
	}
	if f.Type == "" {
		return f, errors.New("the server sent a frame of no type")
	}
	return f, nil
}

func (f *frame) isResponse() bool { return strings.HasSuffix(f.Type, "_response") }

func (f *frame) event() Event {
	e := Event{Type: f.Type, Seq: f.Seq, UserSeq: f.UserSeq, Raw: f.raw}
	if f.Conversation != nil {
		e.Conversation = *f.Conversation
	}
	if e.Type == clientv1.TypeReset && f.Conversation == nil {
		e.Seq, e.UserSeq = 0, f.Seq
	}
	if e.Conversation.IsZero() {
		return e
	}
	if e.stands = e.inConversation() || e.Type == clientv1.TypeReset; e.stands {
		e.at = e.Seq
	}
	return e
}

func resetEvent(c id.Conversation, seq int64) Event {
	raw, _ := json.Marshal(clientv1.Reset{Type: clientv1.TypeReset, Conversation: &c, Seq: seq})
	return Event{Type: clientv1.TypeReset, Conversation: c, Seq: seq, Raw: raw, stands: true, at: seq}
}

func userResetEvent(seq int64) Event {
	raw, _ := json.Marshal(clientv1.Reset{Type: clientv1.TypeReset, Seq: seq})
	return Event{Type: clientv1.TypeReset, UserSeq: seq, Raw: raw}
}
