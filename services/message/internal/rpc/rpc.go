// Package rpc is the gRPC face of the timeline: it authorises peers and
// translates.
package rpc

import (
	"context"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/rpc"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	messagev1 "github.com/lair-chat/lair/proto/message/v1"
	"github.com/lair-chat/lair/services/internal/journal"
	"github.com/lair-chat/lair/services/message/internal/timeline"
	"github.com/lair-chat/lair/services/message/internal/wire"
)

// Gateway is the role of the peers that act for users.
const Gateway = "gateway"

// maxHeads bounds the ids of one call of Heads.
const maxHeads = 10_000

// Server implements messagev1.MessageServiceServer.
type Server struct {
	messagev1.UnimplementedMessageServiceServer
	Timeline *timeline.Timeline
	// Leaving is closed when the process is about to stop: streams then end
	// after their last answers.
	Leaving chan struct{}
}

// acting returns for whom a gateway asks.
func acting(ctx context.Context) (rpc.Actor, error) {
	if err := rpc.NeedRole(ctx, Gateway); err != nil {
		return rpc.Actor{}, err
	}
	return rpc.NeedActor(ctx)
}

// ListMessages implements messagev1.MessageServiceServer.
func (s *Server) ListMessages(ctx context.Context, req *messagev1.ListMessagesRequest) (*messagev1.ListMessagesResponse, error) {
	actor, err := acting(ctx)
	if err != nil {
		return nil, err
	}
	var d timeline.Draft
	d.Author = actor.User
	if err := target(req.GetTarget(), &d); err != nil {
		return nil, err
	}
	var b timeline.Bound
	switch v := req.GetBound().(type) {
	case *messagev1.ListMessagesRequest_BeforeSeq:
		b.BeforeSeq = v.BeforeSeq
	case *messagev1.ListMessagesRequest_AfterSeq:
		b.AfterSeq = v.AfterSeq
	case *messagev1.ListMessagesRequest_BeforeTime:
		b.BeforeTime = time.UnixMicro(v.BeforeTime).UTC()
	case *messagev1.ListMessagesRequest_AfterTime:
		b.AfterTime = time.UnixMicro(v.AfterTime).UTC()
	}
	list, more, err := s.Timeline.Messages(ctx, d.Conversation(), actor.User, b, int(req.GetLimit()))
	if !d.Recipient.IsZero() && fault.CodeOf(err) == "not_room_member" {
		// Two people who have never talked have an empty conversation, if the
		// other one is there at all.
		list, more, err = nil, false, s.Timeline.UserExists(ctx, d.Recipient)
	}
	if err != nil {
		return nil, err
	}
	resp := &messagev1.ListMessagesResponse{HasMore: more, Messages: make([]*eventv1.Message, len(list))}
	for i, m := range list {
		resp.Messages[i] = wire.Message(m)
	}
	return resp, nil
}

// ListEvents implements messagev1.MessageServiceServer.
func (s *Server) ListEvents(ctx context.Context, req *messagev1.ListEventsRequest) (*messagev1.ListEventsResponse, error) {
	if err := rpc.NeedRole(ctx, Gateway); err != nil {
		return nil, err
	}
	c, err := id.FromBytes(req.GetConversationId())
	if err != nil {
		return nil, badID(err)
	}
	actor, _ := rpc.ActorFrom(ctx) // nobody: the gateway reads for all its users
	page, err := s.Timeline.Events(ctx, id.Conversation{UUID: c}, actor.User, req.GetAfterSeq(), int(req.GetLimit()))
	if err != nil {
		return nil, err
	}
	resp := &messagev1.ListEventsResponse{Head: page.Head, Reset_: page.Reset, Left: page.Left, Events: make([]*eventv1.Event, len(page.Events))}
	for i, e := range page.Events {
		if resp.Events[i], err = wire.Event(e); err != nil {
			return nil, err
		}
	}
	return resp, nil
}

// ListUserEvents implements messagev1.MessageServiceServer.
func (s *Server) ListUserEvents(ctx context.Context, req *messagev1.ListUserEventsRequest) (*messagev1.ListUserEventsResponse, error) {
	if err := rpc.NeedRole(ctx, Gateway); err != nil {
		return nil, err
	}
	u, err := id.FromBytes(req.GetUserId())
	if err != nil {
		return nil, badID(err)
	}
	if actor, ok := rpc.ActorFrom(ctx); ok && actor.User.UUID != u {
		return nil, fault.New(fault.Denied, "permission_denied", "these are the events of somebody else")
	}
	page, err := s.Timeline.UserEvents(ctx, id.User{UUID: u}, req.GetAfterSeq(), int(req.GetLimit()))
	if err != nil {
		return nil, err
	}
	resp := &messagev1.ListUserEventsResponse{Head: page.Head, Reset_: page.Reset, Events: make([]*eventv1.UserEvent, len(page.Events))}
	for i, e := range page.Events {
		if resp.Events[i], err = wire.UserEvent(e); err != nil {
			return nil, err
		}
	}
	return resp, nil
}

// ListConversations implements messagev1.MessageServiceServer.
func (s *Server) ListConversations(ctx context.Context, _ *messagev1.ListConversationsRequest) (*messagev1.ListConversationsResponse, error) {
	actor, err := acting(ctx)
	if err != nil {
		return nil, err
	}
	list, head, err := s.Timeline.Conversations(ctx, actor.User)
	if err != nil {
		return nil, err
	}
	resp := &messagev1.ListConversationsResponse{UserHead: head, Conversations: make([]*messagev1.Conversation, len(list))}
	for i, m := range list {
		resp.Conversations[i] = conversation(m)
	}
	return resp, s.marked(ctx, actor.User, resp.GetConversations())
}

// Heads implements messagev1.MessageServiceServer.
func (s *Server) Heads(ctx context.Context, req *messagev1.HeadsRequest) (*messagev1.HeadsResponse, error) {
	if err := rpc.NeedRole(ctx, Gateway); err != nil {
		return nil, err
	}
	if len(req.GetConversationIds()) > maxHeads || len(req.GetUserIds()) > maxHeads {
		return nil, fault.New(fault.Invalid, "validation_failed", "at most %d ids a call", maxHeads)
	}
	cs := make([]id.Conversation, len(req.GetConversationIds()))
	us := make([]id.User, len(req.GetUserIds()))
	var err error
	for i, b := range req.GetConversationIds() {
		if cs[i].UUID, err = id.FromBytes(b); err != nil {
			return nil, badID(err)
		}
	}
	for i, b := range req.GetUserIds() {
		if us[i].UUID, err = id.FromBytes(b); err != nil {
			return nil, badID(err)
		}
	}
	conversations, users, err := s.Timeline.Heads(ctx, cs, us)
	if err != nil {
		return nil, err
	}
	resp := &messagev1.HeadsResponse{}
	for c, seq := range conversations {
		resp.Conversations = append(resp.Conversations, &messagev1.Head{Id: c.Bytes(), Seq: seq})
	}
	for u, seq := range users {
		resp.Users = append(resp.Users, &messagev1.Head{Id: u.Bytes(), Seq: seq})
	}
	return resp, nil
}

func conversation(m journal.Membership) *messagev1.Conversation {
	c := &messagev1.Conversation{
		Id: m.Conversation.Bytes(), Kind: eventv1.ConversationKind(m.Head.Kind), Head: m.Head.Seq, Left: !m.Active(),
	}
	if m.Head.Kind == journal.Direct {
		c.PeerId = m.Peer.Bytes()
	}
	return c
}

func target(t *messagev1.Target, d *timeline.Draft) error {
	var err error
	switch to := t.GetTo().(type) {
	case *messagev1.Target_RoomId:
		d.Room.UUID, err = id.FromBytes(to.RoomId)
	case *messagev1.Target_UserId:
		d.Recipient.UUID, err = id.FromBytes(to.UserId)
	default:
		return fault.New(fault.Invalid, "validation_failed", "a target is a room or a user")
	}
	if err != nil {
		return badID(err)
	}
	return nil
}

func badID(err error) error {
	return fault.Wrap(err, fault.Invalid, "validation_failed", "an id is not valid")
}
