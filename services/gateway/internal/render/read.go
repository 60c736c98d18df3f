package render

import (
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	"github.com/lair-chat/lair/services/gateway/internal/object"
)

func readMarked(seq int64, r *eventv1.ReadMarked) clientv1.ReadMarked {
	return clientv1.ReadMarked{
		Type: clientv1.TypeReadMarked, UserSeq: seq,
		Conversation: object.ConversationID(r.GetConversationId()), ReadSeq: r.GetSeq(),
	}
}
