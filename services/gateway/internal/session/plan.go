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

// plan is where a client goes on.
type plan struct {
	conversations       []clientv1.Conversation
	userAfter, userHead int64
	userReset           bool
}

// plan works out where a client goes on that named its positions.
func (s *Session) plan(ctx context.Context, c *clientv1.Command) (plan, error) {
	list, err := s.gate.needs.Backend.Messages.ListConversations(ctx, &messagev1.ListConversationsRequest{})
	if err != nil {
		return plan{}, err
	}
	p := plan{
		conversations: make([]clientv1.Conversation, 0, len(list.GetConversations())),
		userAfter:     list.GetUserHead(), userHead: list.GetUserHead(),
	}
	begins := map[id.Conversation]int64{}
	if c.UserSeq != nil {
		p.userReset = *c.UserSeq < 0 || *c.UserSeq > p.userHead
		if !p.userReset && *c.UserSeq < p.userHead {
			if begins, p.userReset, err = s.added(*c.UserSeq); err != nil {
				return plan{}, err
			}
		}
		if !p.userReset {
			p.userAfter = *c.UserSeq
		}
	}
	named := maps.Clone(c.Positions)
	for _, w := range list.GetConversations() {
		x := object.Conversation(w)
		after, ok := named[x.ID]
		if !ok {
			after, ok = begins[x.ID]
		}
		delete(named, x.ID)
		x.After = x.Seq
		switch {
		case ok && (after < 0 || after > x.Seq):
			x.Reset = true
		case ok:
			x.After = after
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
	return p, nil
}

// maxAdded bounds the pages of the user's own sequence that are read in search
// of added conversations. Past it the client has to begin anew.
const maxAdded = 50

// added returns the positions before the first events of the conversations that
// were added after a position of the user's own sequence. It reads on to the end,
// beyond the head that the list of conversations came with: what is in the list
// is then among them. reset means that the position cannot be continued.
func (s *Session) added(after int64) (begins map[id.Conversation]int64, reset bool, err error) {
	begins = make(map[id.Conversation]int64)
	for range maxAdded {
		page, _, err := s.missed(chase{key: hub.User(s.user), after: after})
		if err != nil || page.Reset {
			return nil, page.Reset, err
		}
		for _, e := range page.Events {
			if c, first, ok := e.Added(); ok {
				begins[c] = first - 1
			}
			after = e.Seq()
		}
		if after >= page.Head || len(page.Events) == 0 {
			return begins, false, nil
		}
	}
	return nil, true, nil
}
