package session

import (
	"context"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

func (s *Session) editMessage(ctx context.Context, c *clientv1.Command) any {
	which, err := messageID(c)
	var m clientv1.Message
	if err == nil {
		m, err = s.gate.needs.Backend.EditMessage(ctx, which, *c.Content)
	}
	r := clientv1.MessageResponse{Response: response(c, err)}
	if err == nil {
		r.Message = &m
	}
	return r
}

func (s *Session) deleteMessage(ctx context.Context, c *clientv1.Command) any {
	which, err := messageID(c)
	if err == nil {
		err = s.gate.needs.Backend.DeleteMessage(ctx, which)
	}
	return response(c, err)
}

// messageID refuses a bad id with the code that 0.8 has for messages only.
func messageID(c *clientv1.Command) (id.Message, error) {
	u, err := id.Parse(*c.MessageID)
	if err != nil {
		return id.Message{}, fault.New(fault.Invalid, "invalid_id", "message_id is not valid")
	}
	return id.Message{UUID: u}, nil
}
