package timeline

import (
	"testing"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
)

func TestWhoDeletedItsAccountGetsAndSendsNothing(t *testing.T) {
	ann, bob := id.User{UUID: id.New()}, id.User{UUID: id.New()}
	c := id.Direct(ann, bob)
	for _, gone := range []id.User{ann, bob} {
		s := NewState()
		s.Heads[c] = &journal.Head{Conversation: c, Kind: journal.Direct}
		s.Members[journal.Place{Conversation: c, User: ann}] = journal.Member{Conversation: c, User: ann, Role: journal.Plain}
		s.Ended[gone] = true
		d := &Draft{Author: ann, Recipient: bob, ClientMsgID: "a", ContentType: Text, Content: []byte("x")}
		if o := Plan([]*Draft{d}, s, time.Now()); o[0].Fresh || fault.CodeOf(o[0].Err) != "user_not_found" {
			t.Errorf("got %+v", o)
		}
	}
}
