package frame

import (
	"encoding/json"

	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// quick reads a send_message in the form in which nearly all clients write it:
// known fields, each once, with strings for values. It takes a fifth of the time
// of encoding/json, and this is the command that counts. ok is false for
// everything else, right or wrong, which encoding/json then looks at. What both
// understand they understand alike: FuzzQuick compares them. text is UTF-8.
func quick(text []byte) (c *clientv1.Command, ok bool) {
	s := scan{text: text}
	c = &clientv1.Command{}
	var kind string
	s.object(func(key []byte) {
		switch string(key) {
		case "type":
			s.take(&kind)
		case "request_id":
			s.takeNew(&c.RequestID)
		case "content":
			s.takeNew(&c.Content)
		case "client_msg_id":
			s.takeNew(&c.ClientMsgID)
		case "target":
			if s.failed = s.failed || c.Target != nil; s.failed {
				return
			}
			c.Target = &clientv1.Target{}
			s.object(func(key []byte) {
				switch string(key) {
				case "type":
					s.take(&c.Target.Type)
				case "room_id":
					s.take(&c.Target.RoomID)
				case "recipient":
					s.take(&c.Target.Recipient)
				default:
					s.failed = true
				}
			})
		default:
			s.failed = true
		}
	})
	s.space()
	if s.failed || s.at != len(text) || kind != clientv1.TypeSendMessage {
		return nil, false
	}
	c.Type = kind
	return c, true
}

// scan goes through a text. Once it has failed it stands still.
type scan struct {
	text   []byte
	at     int
	failed bool
}

func (s *scan) space() {
	for s.at < len(s.text) && (s.text[s.at] == ' ' || s.text[s.at] == '\n' || s.text[s.at] == '\t' || s.text[s.at] == '\r') {
		s.at++
	}
}

// next reports whether the next byte is b, and goes past it then.
func (s *scan) next(b byte) bool {
	s.space()
	if s.failed || s.at >= len(s.text) || s.text[s.at] != b {
		return false
	}
	s.at++
	return true
}

func (s *scan) need(b byte) { s.failed = !s.next(b) || s.failed }

// object calls field for each key of an object; field reads the value.
func (s *scan) object(field func(key []byte)) {
	s.need('{')
	if s.next('}') {
		return
	}
	for !s.failed {
		key, escaped := s.quoted()
		s.need(':')
		if s.failed = s.failed || escaped; s.failed {
			return
		}
		field(key)
		if !s.next(',') {
			s.need('}')
			return
		}
	}
}

// take reads a string that was not read before.
func (s *scan) take(to *string) {
	seen := *to != ""
	*to = s.string()
	s.failed = s.failed || seen || *to == ""
}

func (s *scan) takeNew(to **string) {
	s.failed = s.failed || *to != nil
	v := s.string()
	*to = &v
}

// string reads a string. Escapes are left to encoding/json.
func (s *scan) string() string {
	s.space()
	begin := s.at
	b, escaped := s.quoted()
	if !escaped || s.failed {
		return string(b)
	}
	var v string
	s.failed = json.Unmarshal(s.text[begin:s.at], &v) != nil
	return v
}

// quoted reads a string and returns what is between the quotation marks.
func (s *scan) quoted() (b []byte, escaped bool) {
	s.need('"')
	if s.failed {
		return nil, false
	}
	begin := s.at
	for ; s.at < len(s.text); s.at++ {
		switch b := s.text[s.at]; {
		case b == '"':
			s.at++
			return s.text[begin : s.at-1], escaped
		case b == '\\':
			escaped = true
			s.at++
		case b < ' ':
			s.failed = true
			return nil, false
		}
	}
	s.failed = true
	return nil, false
}
