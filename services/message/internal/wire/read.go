package wire

import (
	"github.com/lair-chat/lair/pkg/id"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
)

// ReadMarked implements timeline.Wire.
func (*Announcer) ReadMarked(c id.Conversation, seq int64) []byte {
	return marshal(&eventv1.UserBody{Kind: &eventv1.UserBody_ReadMarked{
		ReadMarked: &eventv1.ReadMarked{ConversationId: c.Bytes(), Seq: seq},
	}})
}
