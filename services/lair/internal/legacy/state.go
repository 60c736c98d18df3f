package legacy

import (
	"context"
	"fmt"

	"github.com/lair-chat/lair/pkg/id"
)

// head is where a sequence stands.
type head struct {
	seq     int64
	kind    int64 // of a conversation
	closed  bool  // nothing may follow: it is deleted
	fresh   bool  // it is not stored yet
	changed bool
}

// place is a user in a conversation.
type place struct{ conversation, user id.UUID }

// member is what an import has to know of a membership.
type member struct {
	active bool
	added  bool // by this import
}

// state is what the target has, as far as an import depends on it.
type state struct {
	base          int64
	users         map[id.UUID]*head // own sequences; an import makes users from old ones
	conversations map[id.UUID]*head
	members       map[place]member
	nameKeys      map[string]bool
	emailKeys     map[string]bool
	rooms         map[id.UUID]string // their names
	roomKeys      map[string]bool
	messages      map[id.UUID]bool
	invitations   map[id.UUID]bool
	pending       map[place]bool
}

// load reads the state.
func load(ctx context.Context, t Target) (*state, error) {
	s := &state{
		users: map[id.UUID]*head{}, conversations: map[id.UUID]*head{}, members: map[place]member{},
		nameKeys: map[string]bool{}, emailKeys: map[string]bool{}, rooms: map[id.UUID]string{}, roomKeys: map[string]bool{},
		messages: map[id.UUID]bool{}, invitations: map[id.UUID]bool{}, pending: map[place]bool{},
	}
	for _, q := range []struct {
		text string
		take func([]any)
	}{
		{"SELECT base FROM journal_epoch", func(v []any) { s.base = number(v[0]) }},
		{"SELECT user_id, seq, deleted FROM journal_user", func(v []any) {
			s.users[uuid(v[0])] = &head{seq: number(v[1]), closed: number(v[2]) != 0}
		}},
		{"SELECT conversation_id, kind, seq, deleted FROM journal_conversation", func(v []any) {
			s.conversations[uuid(v[0])] = &head{kind: number(v[1]), seq: number(v[2]), closed: number(v[3]) != 0}
		}},
		{"SELECT conversation_id, user_id, left_seq FROM journal_member", func(v []any) {
			s.members[place{uuid(v[0]), uuid(v[1])}] = member{active: number(v[2]) == 0}
		}},
		{"SELECT username_key, email_key FROM auth_user", func(v []any) {
			s.nameKeys[fmt.Sprint(v[0])], s.emailKeys[fmt.Sprint(v[1])] = true, true
		}},
		{"SELECT room_id, name, name_key FROM room_room", func(v []any) {
			s.rooms[uuid(v[0])], s.roomKeys[fmt.Sprint(v[2])] = fmt.Sprint(v[1]), true
		}},
		{"SELECT message_id FROM message_message", func(v []any) { s.messages[uuid(v[0])] = true }},
		{"SELECT invitation_id, room_id, invitee_id, status FROM room_invitation", func(v []any) {
			s.invitations[uuid(v[0])] = true
			if number(v[3]) == pending {
				s.pending[place{uuid(v[1]), uuid(v[2])}] = true
			}
		}},
	} {
		err := t.query(ctx, q.text, func(v []any) error { q.take(v); return nil })
		if err != nil {
			return nil, err
		}
	}
	return s, nil
}

func uuid(v any) id.UUID {
	raw, _ := v.([]byte)
	u, _ := id.FromBytes(raw) // zero for what is none
	return u
}

func number(v any) int64 {
	n, _ := v.(int64)
	return n
}
