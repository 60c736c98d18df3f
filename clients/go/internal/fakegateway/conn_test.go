package fakegateway

import (
	"io"
	"testing"

	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// script is a client all of whose frames have come before the first is taken,
// as those of a WebSocket may that came in one packet.
type script struct{ left [][]byte }

func (s *script) read() ([]byte, error) {
	if len(s.left) == 0 {
		return nil, io.EOF
	}
	raw := s.left[0]
	s.left = s.left[1:]
	return raw, nil
}

func (*script) write([]byte) error { return nil }

func (*script) close() {}

// TestNothingIsTakenInBehindACut: one that was dropped must not be overtaken by
// those that came with it.
func TestNothingIsTakenInBehindACut(t *testing.T) {
	for name, want := range map[Fault]int{CutBeforeCommit: 0, CutAfterCommit: 1} {
		g := New()
		room := g.Room("hall", "ann")
		g.Fail(name, 1)
		g.serve(&script{[][]byte{
			encode(clientv1.Command{Type: clientv1.TypeAuthenticate, Token: new("ann")}),
			say(room, "one"), say(room, "two"),
		}})
		if said := g.Said(room.Conversation()); len(said) != want || want == 1 && said[0].Content != "one" {
			t.Errorf("fault %d: stored %+v", name, said)
		}
	}
}

func say(r id.Room, content string) []byte {
	return encode(clientv1.Command{
		Type: clientv1.TypeSendMessage, Target: new(clientv1.ToRoom(r)), Content: &content, ClientMsgID: &content,
	})
}
