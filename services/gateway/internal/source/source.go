// Package source reads sequences of events from the message service.
package source

import (
	"context"

	messagev1 "github.com/lair-chat/lair/proto/message/v1"
	"github.com/lair-chat/lair/services/gateway/internal/hub"
	"github.com/lair-chat/lair/services/gateway/internal/object"
)

// Source implements hub.Source and session.Source. It is safe for concurrent
// use.
type Source struct {
	Messages messagev1.MessageServiceClient
}

// Events implements hub.Source: it reads for all users of the pod.
func (s Source) Events(ctx context.Context, k hub.Key, after int64, limit int) (hub.Page, error) {
	p, _, err := s.Missed(ctx, k, after, limit)
	return p, err
}

// Missed implements session.Source.
func (s Source) Missed(ctx context.Context, k hub.Key, after int64, limit int) (hub.Page, bool, error) {
	n := uint32(limit) //nolint:gosec // a page
	if u, ok := k.User(); ok {
		res, err := s.Messages.ListUserEvents(ctx, &messagev1.ListUserEventsRequest{UserId: u.Bytes(), AfterSeq: after, Limit: n})
		if err != nil {
			return hub.Page{}, false, err
		}
		p := hub.Page{Reset: res.GetReset_(), Head: res.GetHead(), Events: make([]*hub.Event, len(res.GetEvents()))}
		for i, e := range res.GetEvents() {
			p.Events[i] = &hub.Event{User: e}
		}
		return p, false, nil
	}
	c, _ := k.Conversation()
	res, err := s.Messages.ListEvents(ctx, &messagev1.ListEventsRequest{ConversationId: c.Bytes(), AfterSeq: after, Limit: n})
	if err != nil {
		return hub.Page{}, false, err
	}
	p := hub.Page{Reset: res.GetReset_(), Head: res.GetHead(), Events: make([]*hub.Event, len(res.GetEvents()))}
	for i, e := range res.GetEvents() {
		p.Events[i] = &hub.Event{Conversation: e}
	}
	return p, res.GetLeft(), nil
}

// Heads implements hub.Source.
func (s Source) Heads(ctx context.Context, keys []hub.Key) (map[hub.Key]int64, error) {
	req := &messagev1.HeadsRequest{}
	for _, k := range keys {
		if u, ok := k.User(); ok {
			req.UserIds = append(req.UserIds, u.Bytes())
		} else if c, ok := k.Conversation(); ok {
			req.ConversationIds = append(req.ConversationIds, c.Bytes())
		}
	}
	res, err := s.Messages.Heads(ctx, req)
	if err != nil {
		return nil, err
	}
	heads := make(map[hub.Key]int64, len(keys))
	for _, h := range res.GetConversations() {
		heads[hub.Conversation(object.ConversationID(h.GetId()))] = h.GetSeq()
	}
	for _, h := range res.GetUsers() {
		heads[hub.User(object.UserID(h.GetId()))] = h.GetSeq()
	}
	return heads, nil
}
