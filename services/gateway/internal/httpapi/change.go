package httpapi

import (
	"strings"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

func (a *api) editMessage(c *call) (any, error) {
	which, err := c.pathID("message_id", "message_not_found")
	if err != nil {
		return nil, err
	}
	var b clientv1.EditBody
	if err := c.decode(&b); err != nil {
		if b.Content != nil && strings.Contains(*b.Content, "\x00") {
			return nil, fault.New(fault.Invalid, "content_invalid", "content must not have U+0000")
		}
		return nil, err
	}
	if err := require(field{"content", b.Content}); err != nil {
		return nil, err
	}
	m, err := a.Backend.EditMessage(c.Context(), id.Message{UUID: which}, *b.Content)
	return clientv1.MessageBody{Message: m}, err
}

func (a *api) deleteMessage(c *call) (any, error) {
	which, err := c.pathID("message_id", "message_not_found")
	if err != nil {
		return nil, err
	}
	return clientv1.SuccessBody{Success: true}, a.Backend.DeleteMessage(c.Context(), id.Message{UUID: which})
}
