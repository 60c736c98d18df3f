package httpapi

import (
	"strings"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/gateway/internal/backend"
)

func (a *api) send(c *call) (any, error) {
	var b clientv1.SendBody
	if err := c.decode(&b); err != nil {
		if b.Content != nil && strings.Contains(*b.Content, "\x00") {
			return nil, fault.New(fault.Invalid, "content_invalid", "content must not have U+0000")
		}
		return nil, err
	}
	if err := require(field{"content", b.Content}); err != nil {
		return nil, err
	}
	d := Draft{Content: *b.Content}
	var err error
	if d.Room, d.Recipient, err = target(b.Target); err != nil {
		return nil, err
	}
	if b.ClientMsgID != nil && *b.ClientMsgID != "" {
		d.ClientMsgID = *b.ClientMsgID
	} else {
		// The gateway may have to send twice; then this makes it one message.
		d.ClientMsgID = id.New().String()
	}
	m, err := a.Sender.Send(c.Context(), c.who, d)
	return clientv1.MessageBody{Message: m}, err
}

// target reads the target in a body, whose type and field are part of its form.
func target(t *clientv1.Target) (id.Room, id.User, error) {
	switch {
	case t == nil:
		return id.Room{}, id.User{}, unprocessable("field target is missing")
	case t.Type == clientv1.TargetRoom && t.RoomID == "":
		return id.Room{}, id.User{}, unprocessable("field target.room_id is missing")
	case (t.Type == clientv1.TargetDirect || t.Type == clientv1.TargetDirectRequest) && t.Recipient == "":
		return id.Room{}, id.User{}, unprocessable("field target.recipient is missing")
	}
	room, user, err := t.Parse()
	if fault.CodeOf(err) == "validation_failed" {
		return id.Room{}, id.User{}, unprocessable("target type must be room or direct_message")
	}
	return room, user, err
}

func (a *api) messages(c *call) (any, error) {
	q := c.query()
	kind, to := q.text("target_type"), q.text("target_id")
	bounds := backend.Bounds{
		Before: q.moment("before"), After: q.moment("after"), BeforeSeq: q.seq("before_seq"), AfterSeq: q.seq("after_seq"),
	}
	limit := q.count("limit")
	switch {
	case q.err != nil:
		return nil, q.err
	case kind == nil:
		return nil, invalid("parameter target_type is missing")
	case to == nil:
		return nil, invalid("parameter target_id is missing")
	}
	return a.Backend.ListMessages(c.Context(), clientv1.Target{Type: *kind, RoomID: *to, Recipient: *to}, bounds, limit)
}

func (a *api) sync(c *call) (any, error) {
	var b clientv1.SyncBody
	if err := c.decodeIfAny(&b); err != nil { // all fields may be absent, so the body may be
		return nil, err
	}
	res, err := a.Syncer.Sync(c.Context(), c.who, b)
	if err != nil {
		return nil, err
	}
	// A list is never null.
	if res.Conversations == nil {
		res.Conversations = []clientv1.Conversation{}
	}
	if res.Events == nil {
		res.Events = []any{}
	}
	if res.Positions == nil {
		res.Positions = map[id.Conversation]int64{}
	}
	return res, nil
}
