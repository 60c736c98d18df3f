package session

import (
	"context"
	"slices"

	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	messagev1 "github.com/lair-chat/lair/proto/message/v1"
	"github.com/lair-chat/lair/services/gateway/internal/hub"
	"github.com/lair-chat/lair/services/gateway/internal/object"
)

// maxPositions bounds the positions that a client may name.
const maxPositions = 10_000

// maxListed bounds the conversations in one frame, well below its size.
const maxListed = 4000

// follow makes a plain client follow all of its conversations, from now on.
func (s *Session) follow(ctx context.Context) error {
	list, err := s.gate.needs.Backend.Messages.ListConversations(ctx, &messagev1.ListConversationsRequest{})
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.resumed = true
	s.mu.Unlock()
	for _, c := range list.GetConversations() {
		if !c.GetLeft() {
			s.attach(hub.Conversation(object.ConversationID(c.GetId())), c.GetHead(), c.GetHead())
		}
	}
	// Last: what it says of conversations that were added finds them followed.
	s.attach(hub.User(s.user), list.GetUserHead(), list.GetUserHead())
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
	plan, err := s.plan(ctx, c)
	if err != nil {
		s.reply(clientv1.ResumeResponse{Response: response(c, err)})
		return
	}
	s.mu.Lock()
	s.resumed = true
	s.mu.Unlock()
	answer := clientv1.ResumeResponse{Response: response(c, nil), UserSeq: plan.userHead, UserReset: plan.userReset}
	rest := plan.conversations
	for answer.More = true; answer.More; {
		n := min(len(rest), maxListed)
		answer.Conversations, rest = rest[:n:n], rest[n:]
		answer.More = len(rest) > 0
		s.reply(answer)
	}
	for _, x := range plan.conversations {
		switch {
		case !x.Left:
			s.attach(hub.Conversation(x.ID), x.After, x.Seq)
		case x.After < x.Seq:
			// The event at Seq is the departure, which concerns the client.
			s.attach(hub.Conversation(x.ID), x.After, x.Seq-1)
		}
	}
	// Last: what it says of conversations that were added finds them followed.
	s.attach(hub.User(s.user), plan.userAfter, plan.userHead)
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
