package e2e

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// remember notes the id of a message, which scripts call by its seq.
func (s *stage) remember(m clientv1.Message) {
	if s.said == nil {
		s.said = map[clientv1.Place]id.Message{}
	}
	s.said[clientv1.Place{Conversation: m.Conversation, Seq: m.Seq}] = m.ID
}

// message returns the one with the seq in a room, or in the talk of the actor
// with a person.
func (s *stage) message(a *actor, to, seq string) id.Message {
	c := s.rooms[to].Conversation()
	if peer := s.people[to]; peer != nil {
		c = id.Direct(a.user.ID, peer.user.ID)
	}
	n, err := strconv.ParseInt(seq, 10, 64)
	if err != nil {
		return id.Message{}
	}
	return s.said[clientv1.Place{Conversation: c, Seq: n}]
}

// messageIn returns the id of "room:seq".
func (s *stage) messageIn(place string) string {
	room, seq, _ := strings.Cut(place, ":")
	return s.message(nil, room, seq).String()
}

func (s *stage) edit(ctx context.Context, a *actor, args []string) error {
	_, err := a.EditMessage(ctx, s.message(a, args[0], args[1]), args[2])
	return err
}

// heard prints the events that change messages, and returns how many it printed.
func (s *stage) heard(ts *testscript.TestScript, v any) int {
	switch e := v.(type) {
	case *clientv1.MessageEdited:
		fmt.Fprintf(ts.Stdout(), "%d edit of %d: %s%s\n", e.Seq, e.Message.Seq, e.Message.Content, e.PreviousContent)
	case *clientv1.MessageDeleted:
		fmt.Fprintf(ts.Stdout(), "%d deletion by %s\n", e.Seq, s.nameOf(e.DeletedBy))
	default:
		return 0
	}
	return 1
}
