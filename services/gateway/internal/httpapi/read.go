package httpapi

import (
	"context"

	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

func (a *api) read(c *call) (any, error) {
	var b clientv1.ReadBody
	if err := c.decode(&b); err != nil {
		return nil, err
	}
	room, user, err := target(b.Target)
	if err != nil {
		return nil, err
	}
	return a.Backend.MarkRead(c.Context(), room, user, b.Seq)
}

// unread returns nil if the counts cannot be had: who one is matters more.
func (a *api) unread(ctx context.Context) map[id.Conversation]int {
	counts, err := a.Backend.Unread(ctx)
	if err != nil {
		a.Log.DebugContext(ctx, "unread messages were not counted", "err", err)
		return nil
	}
	return counts
}
