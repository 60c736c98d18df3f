package session

import (
	"context"
	"maps"
	"slices"

	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	messagev1 "github.com/lair-chat/lair/proto/message/v1"
	"github.com/lair-chat/lair/services/gateway/internal/hub"
	"github.com/lair-chat/lair/services/gateway/internal/object"
)

// maxPositions bounds the positions that a client may name.
const maxPositions = 10_000

// follow makes a plain client follow all of its conversations, from now on.
func (s *Session) follow(ctx context.Context) error {
	list, err := s.gate.needs.Backend.Messages.ListConversations(ctx, &messagev1.ListConversationsRequest{})
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.resumed = true
	s.mu.Unlock()
	s.attach(hub.User(s.user), list.GetUserHead(), list.GetUserHead())
	for _, c := range list.GetConversations() {
		if !c.GetLeft() {
			s.attach(hub.Conversation(object.ConversationID(c.GetId())), c.GetHead(), c.GetHead())
		}
	}
	return nil
}

// resume answers where everything stands, and then goes on from the positions
// that the client named.
func (s *Session) resume(ctx context.Context, c *clientv1.Command) {
	s.mu.Lock()
	resumed := s.resumed
	s.mu.Unlock()
	if resumed || !s.Form().Resumes() {
		s.pushError(c.RequestID, errState)
		return
	}
	if len(c.Positions) > maxPositions {
		s.reply(clientv1.ResumeResponse{Response: response(c, errTooMany)})
		return
	}
	list, err := s.gate.needs.Backend.Messages.ListConversations(ctx, &messagev1.ListConversationsRequest{})
	if err != nil {
		s.reply(clientv1.ResumeResponse{Response: response(c, err)})
		return
	}
	plan := newPlan(list, c)
	s.mu.Lock()
	s.resumed = true
	s.mu.Unlock()
	s.reply(clientv1.ResumeResponse{
		Response: response(c, nil), Conversations: plan.conversations,
		UserSeq: list.GetUserHead(), UserReset: plan.userReset,
	})
	s.attach(hub.User(s.user), plan.userStart, list.GetUserHead())
	for _, x := range plan.conversations {
		start, named := plan.start[x.ID]
		switch k := hub.Conversation(x.ID); {
		case !x.Left:
			s.attach(k, start, x.Seq)
		case named && start < x.Seq:
			s.chase(chase{key: k, after: start, head: x.Seq})
		}
	}
}

// plan is where a client goes on.
type plan struct {
	conversations []clientv1.Conversation
	start         map[id.Conversation]int64
	userStart     int64
	userReset     bool
}

func newPlan(list *messagev1.ListConversationsResponse, c *clientv1.Command) plan {
	p := plan{
		conversations: make([]clientv1.Conversation, 0, len(list.GetConversations())),
		start:         make(map[id.Conversation]int64, len(list.GetConversations())),
		userStart:     list.GetUserHead(),
	}
	named := maps.Clone(c.Positions)
	for _, w := range list.GetConversations() {
		x := object.Conversation(w)
		after, ok := named[x.ID]
		delete(named, x.ID)
		switch {
		case ok && (after < 0 || after > x.Seq):
			x.Reset = true
			p.start[x.ID] = x.Seq
		case ok:
			p.start[x.ID] = after
		case !x.Left:
			p.start[x.ID] = x.Seq
		}
		p.conversations = append(p.conversations, x)
	}
	// What the client named and is not part of: it has no business there.
	for _, stranger := range slices.SortedFunc(maps.Keys(named), func(a, b id.Conversation) int {
		return slices.Compare(a.Bytes(), b.Bytes())
	}) {
		p.conversations = append(p.conversations, clientv1.Conversation{
			ID: stranger, Kind: clientv1.TargetRoom, Left: true, Reset: true,
		})
	}
	if c.UserSeq != nil {
		if p.userStart = *c.UserSeq; p.userStart < 0 || p.userStart > list.GetUserHead() {
			p.userStart, p.userReset = list.GetUserHead(), true
		}
	}
	return p
}

// attach follows a sequence after a position. head is known to be reached.
func (s *Session) attach(k hub.Key, after, head int64) {
	s.mu.Lock()
	if s.ended {
		s.mu.Unlock()
		return
	}
	if !slices.Contains(s.keys, k) {
		s.keys = append(s.keys, k)
	}
	s.mu.Unlock()
	if !s.gate.needs.Hub.Attach(s, k, after, head) {
		s.chase(chase{key: k, after: after, head: head})
	}
	if s.hasEnded() {
		s.gate.needs.Hub.Detach(s, k) // Close may have come in between
	}
}
