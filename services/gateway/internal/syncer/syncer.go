// Package syncer is what resume is on a socket, for clients that poll: they say
// which position they have of each sequence and get what follows.
package syncer

import (
	"context"
	"maps"
	"slices"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/rpc"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	messagev1 "github.com/lair-chat/lair/proto/message/v1"
	"github.com/lair-chat/lair/services/gateway/internal/authn"
	"github.com/lair-chat/lair/services/gateway/internal/hub"
	"github.com/lair-chat/lair/services/gateway/internal/object"
	"github.com/lair-chat/lair/services/gateway/internal/session"
)

// Bounds of one answer.
const (
	defaultLimit = 200
	maxLimit     = 1000
	maxPositions = 10_000
)

// Syncer implements httpapi.Syncer. It is safe for concurrent use.
type Syncer struct {
	Messages messagev1.MessageServiceClient
	Source   session.Source
	Encoder  hub.Encoder
}

// Sync implements httpapi.Syncer. Errors: validation_failed.
func (s Syncer) Sync(ctx context.Context, who authn.Identity, body clientv1.SyncBody) (clientv1.SyncResult, error) {
	limit := defaultLimit
	if body.Limit != nil {
		limit = *body.Limit
	}
	if limit < 1 || limit > maxLimit || len(body.Positions) > maxPositions {
		return clientv1.SyncResult{}, fault.New(fault.Invalid, "validation_failed",
			"limit must be 1 to %d, and at most %d positions can be named", maxLimit, maxPositions)
	}
	ctx = rpc.WithActor(ctx, rpc.Actor{User: who.User, Session: who.Session})
	list, err := s.Messages.ListConversations(ctx, &messagev1.ListConversationsRequest{})
	if err != nil {
		return clientv1.SyncResult{}, err
	}
	r := &run{Syncer: s, left: limit, result: clientv1.SyncResult{
		Conversations: []clientv1.Conversation{}, Events: []any{}, Positions: map[id.Conversation]int64{},
		UserSeq: list.GetUserHead(),
	}}
	begins, err := r.user(ctx, who.User, body, list.GetUserHead())
	if err != nil {
		return clientv1.SyncResult{}, err
	}
	for _, w := range list.GetConversations() {
		if err := r.conversation(ctx, object.Conversation(w), body, begins); err != nil {
			return clientv1.SyncResult{}, err
		}
	}
	r.strangers(body, list.GetConversations())
	return r.result, nil
}

// run is the making of one answer.
type run struct {
	Syncer
	left int // events that may still be added
	// userCut says that not all events of the own sequence fitted.
	userCut bool
	result  clientv1.SyncResult
}

// user adds the events of the own sequence. It returns where conversations
// begin that were added since.
func (r *run) user(ctx context.Context, u id.User, body clientv1.SyncBody, head int64) (map[id.Conversation]int64, error) {
	begins := map[id.Conversation]int64{}
	if body.UserSeq == nil {
		return begins, nil
	}
	after := *body.UserSeq
	if after < 0 || after > head {
		r.result.UserReset = true
		return begins, nil
	}
	page, err := r.add(ctx, hub.User(u), after, head)
	if err != nil {
		return nil, err
	}
	if page.Reset {
		r.result.UserReset = true
		return begins, nil
	}
	r.result.UserSeq = page.reached
	r.userCut = r.result.HasMore
	for _, e := range page.events {
		if c, first, ok := e.Added(); ok {
			begins[c] = first - 1
		}
	}
	return begins, nil
}

func (r *run) conversation(ctx context.Context, c clientv1.Conversation, body clientv1.SyncBody, begins map[id.Conversation]int64) error {
	after, named := body.Positions[c.ID]
	if !named {
		after, named = begins[c.ID]
	}
	switch {
	case !named && c.Left:
		c.After = c.Seq
		r.result.Conversations = append(r.result.Conversations, c)
		return nil
	case !named && r.userCut:
		return nil // it may have been added in an event that did not fit
	case !named:
		after = c.Seq
	case after < 0 || after > c.Seq:
		c.Reset, after = true, c.Seq
	}
	c.After = after
	page, err := r.add(ctx, hub.Conversation(c.ID), after, c.Seq)
	if err != nil {
		return err
	}
	if page.Reset {
		c.Reset = true
	}
	r.result.Conversations = append(r.result.Conversations, c)
	r.result.Positions[c.ID] = page.reached
	return nil
}

// strangers adds what the client named and the user is not part of: it has no
// business there.
func (r *run) strangers(body clientv1.SyncBody, list []*messagev1.Conversation) {
	named := maps.Clone(body.Positions)
	for _, w := range list {
		delete(named, object.ConversationID(w.GetId()))
	}
	for _, c := range slices.SortedFunc(maps.Keys(named), func(a, b id.Conversation) int {
		return slices.Compare(a.Bytes(), b.Bytes())
	}) {
		r.result.Conversations = append(r.result.Conversations, clientv1.Conversation{
			ID: c, Kind: clientv1.TargetRoom, Left: true, Reset: true,
		})
	}
}

type page struct {
	hub.Page
	events  []*hub.Event
	reached int64
}

// add reads events after a position up to the head, or as many as still fit.
func (r *run) add(ctx context.Context, k hub.Key, after, head int64) (page, error) {
	p := page{reached: after}
	if after >= head {
		return p, nil
	}
	if r.left == 0 {
		r.result.HasMore = true
		return p, nil
	}
	// What was committed after the list was read is for the next answer: the
	// list does not have the conversations that it adds.
	limit := int(min(int64(r.left), head-after))
	var err error
	if p.Page, _, err = r.Source.Missed(ctx, k, after, limit); err != nil {
		return p, err
	}
	if p.Reset {
		p.reached = p.Head
		return p, nil
	}
	p.events = p.Events
	for _, e := range p.events {
		v, _ := r.Encoder.Event(ctx, e)
		r.result.Events = append(r.result.Events, v)
		p.reached = e.Seq()
	}
	r.left -= len(p.events)
	if p.reached < head {
		r.result.HasMore = true
	}
	return p, nil
}
