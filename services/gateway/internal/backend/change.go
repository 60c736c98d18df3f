package backend

import (
	"context"

	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	messagev1 "github.com/lair-chat/lair/proto/message/v1"
	"github.com/lair-chat/lair/services/gateway/internal/object"
)

// EditMessage gives a message of the acting user another content. Errors:
// content_invalid, message_not_found, not_room_member, not_message_author,
// message_deleted, permission_denied, user_blocked.
func (b *Backend) EditMessage(ctx context.Context, m id.Message, content string) (clientv1.Message, error) {
	res, err := b.Messages.EditMessage(ctx, &messagev1.EditMessageRequest{
		MessageId: m.Bytes(), ContentType: "text/plain", Content: []byte(content),
	})
	if err != nil {
		return clientv1.Message{}, err
	}
	return object.Message(res.GetMessage()), nil
}

// DeleteMessage deletes a message. Errors: message_not_found, not_room_member,
// permission_denied.
func (b *Backend) DeleteMessage(ctx context.Context, m id.Message) error {
	_, err := b.Messages.DeleteMessage(ctx, &messagev1.DeleteMessageRequest{MessageId: m.Bytes()})
	return err
}
