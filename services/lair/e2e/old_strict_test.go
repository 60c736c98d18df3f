package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lair-chat/lair/pkg/id"
)

// What the terminal client of Lair Chat 0.8 takes. A frame that is not so ends
// its connection, and an answer over HTTP that is not so is an error to it.

// check says what is wrong with a value.
type check func(v any) error

// shape is what an object must have. A field whose name ends in ? may be
// absent; unless its check is maybe(…), it must not be null then either.
// Fields that are not named do not matter.
type shape map[string]check

func (s shape) check(v any) error {
	object, ok := v.(map[string]any)
	if !ok {
		return fmt.Errorf("%v is no object", v)
	}
	for name, check := range s {
		name, optional := strings.CutSuffix(name, "?")
		value, there := object[name]
		if !there && optional {
			continue
		}
		if !there {
			return fmt.Errorf("%s is missing", name)
		}
		if err := check(value); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func maybe(c check) check {
	return func(v any) error {
		if v == nil {
			return nil
		}
		return c(v)
	}
}

func list(c check) check {
	return func(v any) error {
		all, ok := v.([]any)
		if !ok {
			return fmt.Errorf("%v is no list", v)
		}
		for _, x := range all {
			if err := c(x); err != nil {
				return err
			}
		}
		return nil
	}
}

func oneOf(words ...string) check {
	return func(v any) error {
		if s, ok := v.(string); !ok || !slices.Contains(words, s) {
			return fmt.Errorf("%v is none of %q", v, words)
		}
		return nil
	}
}

func aString(v any) error {
	if _, ok := v.(string); !ok {
		return fmt.Errorf("%v is no string", v)
	}
	return nil
}

func aBool(v any) error {
	if _, ok := v.(bool); !ok {
		return fmt.Errorf("%v is no bool", v)
	}
	return nil
}

func aCount(v any) error {
	n, ok := v.(json.Number)
	if _, err := strconv.ParseUint(n.String(), 10, 32); !ok || err != nil {
		return fmt.Errorf("%v is not from 0 to %d", v, uint32(math.MaxUint32))
	}
	return nil
}

func aUUID(v any) error {
	s, _ := v.(string)
	_, err := id.Parse(s)
	return err
}

func aTime(v any) error {
	s, _ := v.(string)
	_, err := time.Parse(time.RFC3339Nano, s)
	return err
}

func aTarget(v any) error {
	object, _ := v.(map[string]any)
	switch object["type"] {
	case "room":
		return shape{"room_id": aUUID}.check(v)
	case "dm":
		return shape{"recipient": aUUID}.check(v)
	}
	return fmt.Errorf("a target has the type %v", object["type"])
}

func anInvitation(v any) error {
	object, _ := v.(map[string]any)
	for _, name := range []string{"inviter", "invitee"} {
		if _, twice := object[name]; twice {
			return fmt.Errorf("%s is there in two spellings", name)
		}
	}
	return shape{
		"id": aUUID, "room_id": aUUID, "room_name": aString, "inviter_id": aUUID, "inviter_name": aString,
		"invitee_id": aUUID, "invitee_name": aString,
		"status":   oneOf("pending", "accepted", "declined", "cancelled", "expired"),
		"message?": maybe(aString), "created_at": aTime, "expires_at": aTime, "responded_at?": maybe(aTime),
	}.check(v)
}

var (
	anError = shape{"code": aString, "message": aString}.check
	aUser   = shape{"id": aUUID, "username": aString, "email": aString, "role": aString, "created_at": aTime}.check
	aLogin  = shape{"id": aUUID, "expires_at": aTime}.check
	aRole   = oneOf("member", "moderator", "owner")
	aRoom   = shape{
		"id": aUUID, "name": aString, "owner": aUUID, "created_at": aTime, "description?": maybe(aString),
		"settings": shape{
			"public?": aBool, "moderated?": aBool, "max_members?": maybe(aCount), "description?": maybe(aString),
		}.check,
	}.check
	aRoomItem   = shape{"room": aRoom, "member_count": aCount, "is_member": aBool}.check
	aMembership = shape{"room_id": aUUID, "user_id": aUUID, "role": aRole, "joined_at": aTime}.check
	aMember     = shape{"user_id": aUUID, "username": aString, "role": aRole, "joined_at": aTime, "is_online": aBool}.check
	aMessage    = shape{
		"id": aUUID, "author": aUUID, "target": aTarget, "content": aString, "edited": aBool, "created_at": aTime,
	}.check
)

// response is that of a frame which answers a command.
func response(more shape) shape {
	s := shape{"request_id?": maybe(aString), "success": aBool, "error?": maybe(anError)}
	for name, check := range more {
		s[name] = check
	}
	return s
}

// oldFrames are all types of frames that 0.8 knows.
var oldFrames = map[string]shape{
	"server_hello":          {"version": aString, "server_name": aString, "features?": list(aString), "encryption_required?": aBool},
	"key_exchange_response": {"public_key": aString},
	"pong":                  {"server_time?": maybe(aTime)},
	"error":                 {"code": aString, "message": aString, "request_id?": maybe(aString)},

	"authenticate_response":       response(shape{"user?": maybe(aUser), "session?": maybe(aLogin)}),
	"login_response":              response(shape{"user?": maybe(aUser), "session?": maybe(aLogin), "token?": maybe(aString)}),
	"register_response":           response(shape{"user?": maybe(aUser), "session?": maybe(aLogin), "token?": maybe(aString)}),
	"logout_response":             response(nil),
	"send_message_response":       response(shape{"message?": maybe(aMessage)}),
	"edit_message_response":       response(shape{"message?": maybe(aMessage)}),
	"delete_message_response":     response(nil),
	"get_messages_response":       response(shape{"messages?": list(aMessage), "has_more": aBool}),
	"create_room_response":        response(shape{"room?": maybe(aRoom)}),
	"get_room_response":           response(shape{"room?": maybe(aRoom), "membership?": maybe(aMembership), "member_count": aCount}),
	"list_rooms_response":         response(shape{"rooms?": list(aRoomItem), "has_more": aBool, "total_count": aCount}),
	"join_room_response":          response(shape{"room?": maybe(aRoom), "membership?": maybe(aMembership)}),
	"leave_room_response":         response(nil),
	"invite_to_room_response":     response(shape{"invitation?": maybe(anInvitation)}),
	"accept_invitation_response":  response(shape{"membership?": maybe(aMembership)}),
	"decline_invitation_response": response(nil),
	"list_invitations_response":   response(shape{"invitations?": list(anInvitation)}),
	"get_user_response":           response(shape{"user?": maybe(aUser)}),
	"get_current_user_response":   response(shape{"user?": maybe(aUser)}),
	"list_users_response": response(shape{
		"users?": list(aUser), "online_user_ids?": list(aUUID), "has_more": aBool, "total_count": aCount,
	}),

	"message_received": {"message": aMessage, "author_username": aString},
	"message_edited":   {"message": aMessage, "previous_content?": maybe(aString)},
	"message_deleted":  {"message_id": aUUID, "target": aTarget, "deleted_by": aUUID},
	"user_joined_room": {"room_id": aUUID, "user": aUser, "membership": aMembership},
	"user_left_room":   {"room_id": aUUID, "user_id": aUUID, "reason": aString},
	"member_role_changed": {
		"room_id": aUUID, "user_id": aUUID, "username": aString, "old_role": aString, "new_role": aString, "changed_by": aUUID,
	},
	"room_updated":        {"room": aRoom, "changed_by": aUUID, "changes?": list(aString)},
	"room_deleted":        {"room_id": aUUID, "room_name": aString, "deleted_by": aUUID},
	"user_online":         {"user_id": aUUID, "username": aString},
	"user_offline":        {"user_id": aUUID, "username": aString},
	"user_typing":         {"user_id": aUUID, "target": aTarget},
	"invitation_received": {"invitation": anInvitation},
	"server_notice":       {"message": aString, "severity": aString},
	"session_expiring":    {"session_id": aUUID, "expires_at": aTime},
}

// oldFrame reads a frame as 0.8 does.
func oldFrame(text []byte) (map[string]any, error) {
	if len(text) > 1<<20 {
		return nil, errors.New("more than 1 MiB")
	}
	v, err := strict(text)
	if err != nil {
		return nil, err
	}
	object, ok := v.(map[string]any)
	if !ok {
		return nil, errors.New("no object")
	}
	kind, _ := object["type"].(string)
	s, known := oldFrames[kind]
	if !known {
		return nil, fmt.Errorf("the type %q is not known", kind)
	}
	return object, s.check(object)
}

// strict reads one JSON value, in which no field is there twice.
func strict(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	v, err := value(d)
	if err == nil && d.More() {
		err = errors.New("something follows the value")
	}
	return v, err
}

func value(d *json.Decoder) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('['):
		all := []any{}
		for d.More() {
			v, err := value(d)
			if err != nil {
				return nil, err
			}
			all = append(all, v)
		}
		_, err := d.Token()
		return all, err
	case json.Delim('{'):
		object := map[string]any{}
		for d.More() {
			key, err := d.Token()
			if err != nil {
				return nil, err
			}
			name, _ := key.(string)
			if _, twice := object[name]; twice {
				return nil, fmt.Errorf("%s is there twice", name)
			}
			if object[name], err = value(d); err != nil {
				return nil, err
			}
		}
		_, err := d.Token()
		return object, err
	}
	return token, nil
}
