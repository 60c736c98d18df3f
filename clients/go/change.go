package lair

import (
	"context"
	"net/http"

	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// EditMessage gives a message of one's own another content. It may be repeated.
// Refusals: content_invalid, message_not_found, not_room_member,
// not_message_author, message_deleted, permission_denied, user_blocked.
func (a *API) EditMessage(ctx context.Context, m id.Message, content string) (clientv1.Message, error) {
	v, err := exchange[clientv1.MessageBody](ctx, a, http.MethodPatch, "messages/"+m.String(), nil, clientv1.EditBody{Content: &content})
	return v.Message, err
}

// DeleteMessage deletes a message of one's own or, as a moderator, of a room.
// It may be repeated. Refusals: message_not_found, not_room_member,
// permission_denied.
func (a *API) DeleteMessage(ctx context.Context, m id.Message) error {
	_, err := exchange[clientv1.SuccessBody](ctx, a, http.MethodDelete, "messages/"+m.String(), nil, nil)
	return err
}

// EditMessage is API.EditMessage over the link.
func (l *Link) EditMessage(ctx context.Context, m id.Message, content string) (clientv1.Message, error) {
	v, err := ask[clientv1.MessageBody](ctx, l, clientv1.Command{
		Type: clientv1.TypeEditMessage, MessageID: new(m.String()), Content: &content,
	})
	return v.Message, err
}

// DeleteMessage is API.DeleteMessage over the link.
func (l *Link) DeleteMessage(ctx context.Context, m id.Message) error {
	_, err := l.Do(ctx, clientv1.Command{Type: clientv1.TypeDeleteMessage, MessageID: new(m.String())})
	return err
}
