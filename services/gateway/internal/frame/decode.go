package frame

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/lair-chat/lair/pkg/fault"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// Decode reads one command. The error has the code invalid_message and says in
// ASCII what is wrong; the command then still has the request id, if that was
// to be read.
func Decode(text []byte) (*clientv1.Command, error) {
	if !utf8.Valid(text) {
		return &clientv1.Command{}, invalid("a message must be UTF-8")
	}
	c, ok := quick(text)
	if ok {
		return c, verify(c)
	}
	c = &clientv1.Command{}
	if err := json.Unmarshal(text, c); err != nil {
		if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && e.Field == "request_id" {
			c.RequestID = nil // it would be ""
		}
		return c, invalid(explain(err))
	}
	return c, verify(c)
}

// verify refuses commands that are JSON but not complete.
func verify(c *clientv1.Command) error {
	if hasNUL(c) {
		return invalid("U+0000 is not allowed")
	}
	return check(c)
}

func invalid(text string) error {
	return fault.New(fault.Invalid, "invalid_message", "%s", text)
}

// explain describes an error of encoding/json without repeating what the
// client said.
func explain(err error) string {
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Sprintf("not JSON at byte %d", e.Offset)
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		if e.Field == "" {
			return "a message must be a JSON object"
		}
		return fmt.Sprintf("field %s has the wrong type", ascii(e.Field))
	}
	return "a field has a value that is not valid"
}

func ascii(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r > 0x7e {
			return '?'
		}
		return r
	}, s[:min(len(s), 64)])
}

// hasNUL looks at the texts that no service looks at. The services refuse it in
// the others, each with the code of the field.
func hasNUL(c *clientv1.Command) bool {
	for _, s := range []*string{c.RequestID, c.ClientName} {
		if s != nil && strings.IndexByte(*s, 0) >= 0 {
			return true
		}
	}
	return false
}

// check demands the fields that each type needs.
func check(c *clientv1.Command) error {
	switch c.Type {
	case clientv1.TypeClientHello:
		return need("version", c.Version)
	case clientv1.TypeKeyExchange:
		return need("public_key", c.PublicKey)
	case clientv1.TypeLogin:
		return first(need("identifier", c.Identifier), need("password", c.Password))
	case clientv1.TypeRegister:
		return first(need("username", c.Username), need("email", c.Email), need("password", c.Password))
	case clientv1.TypeSendMessage:
		return first(needTarget(c.Target), need("content", c.Content))
	case clientv1.TypeEditMessage:
		return first(need("message_id", c.MessageID), need("content", c.Content))
	case clientv1.TypeDeleteMessage:
		return need("message_id", c.MessageID)
	case clientv1.TypeGetMessages, clientv1.TypeTyping:
		return needTarget(c.Target)
	case clientv1.TypeCreateRoom:
		return need("name", c.Name)
	case clientv1.TypeGetRoom, clientv1.TypeJoinRoom, clientv1.TypeLeaveRoom:
		return need("room_id", c.RoomID)
	case clientv1.TypeGetUser:
		return need("user_id", c.UserID)
	case clientv1.TypeInviteToRoom:
		return first(need("room_id", c.RoomID), need("user_id", c.UserID))
	case clientv1.TypeAcceptInvitation, clientv1.TypeDeclineInvitation:
		return need("invitation_id", c.InvitationID)
	case clientv1.TypeListInvitations:
		return nil
	case clientv1.TypeAuthenticate: // the session knows whether a token came with the connection
		return nil
	case clientv1.TypePing, clientv1.TypeLogout, clientv1.TypeResume, clientv1.TypeListRooms,
		clientv1.TypeListUsers, clientv1.TypeGetCurrentUser:
		return nil
	case "":
		return invalid("field type is missing")
	default:
		return invalid("unknown type " + ascii(c.Type))
	}
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func need(field string, s *string) error {
	if s == nil {
		return invalid("field " + field + " is missing")
	}
	return nil
}

// needTarget also refuses ids that are none: in a target they are part of the
// syntax (unlike the other ids, which the command looks up).
func needTarget(t *clientv1.Target) error {
	if t == nil {
		return invalid("field target is missing")
	}
	if t.Type == clientv1.TargetDirectRequest {
		return invalid("target type must be room or dm")
	}
	if _, _, err := t.Parse(); err != nil {
		return invalid("field target is not valid")
	}
	return nil
}
