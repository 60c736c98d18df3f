package render

import (
	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	"github.com/lair-chat/lair/services/gateway/internal/object"
)

func messageEdited(place clientv1.Place, e *eventv1.MessageEdited) clientv1.MessageEdited {
	return clientv1.MessageEdited{Type: clientv1.TypeMessageEdited, Place: place, Message: object.Message(e.GetMessage())}
}

func messageDeleted(place clientv1.Place, by []byte, d *eventv1.MessageDeleted) clientv1.MessageDeleted {
	target := clientv1.ToRoom(id.Room{UUID: place.Conversation.UUID})
	if to := object.UserID(d.GetRecipientId()); !to.IsZero() {
		target = clientv1.ToUser(to)
	}
	return clientv1.MessageDeleted{
		Type: clientv1.TypeMessageDeleted, Place: place, MessageID: object.MessageID(d.GetMessageId()),
		Target: target, DeletedBy: object.UserID(by),
	}
}
