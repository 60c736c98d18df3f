package rpc_test

import (
	"context"
	"testing"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/rpc"
	messagev1 "github.com/lair-chat/lair/proto/message/v1"
)

func TestOnlyGatewaysMayChangeAndCount(t *testing.T) {
	server, _ := newServer(t)
	room, gateway := dial(t, server, "room"), dial(t, server, "gateway")
	acting := rpc.WithActor(t.Context(), rpc.Actor{User: ann})
	for name, ask := range map[string]func(context.Context, messagev1.MessageServiceClient) error{
		"EditMessage": func(ctx context.Context, c messagev1.MessageServiceClient) error {
			_, err := c.EditMessage(ctx, &messagev1.EditMessageRequest{})
			return err
		},
		"DeleteMessage": func(ctx context.Context, c messagev1.MessageServiceClient) error {
			_, err := c.DeleteMessage(ctx, &messagev1.DeleteMessageRequest{})
			return err
		},
		"MarkRead": func(ctx context.Context, c messagev1.MessageServiceClient) error {
			_, err := c.MarkRead(ctx, &messagev1.MarkReadRequest{})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			if err := ask(acting, room); fault.CodeOf(err) != "permission_denied" {
				t.Errorf("a room: %v", err)
			}
			if err := ask(t.Context(), gateway); fault.KindOf(err) != fault.Unauthenticated {
				t.Errorf("nobody: %v", err)
			}
			if err := ask(acting, gateway); fault.CodeOf(err) != "validation_failed" {
				t.Errorf("no id: %v", err)
			}
		})
	}
	if _, err := room.ListUnread(acting, &messagev1.ListUnreadRequest{}); fault.CodeOf(err) != "permission_denied" {
		t.Errorf("a room counts: %v", err)
	}
	_, err := gateway.MarkRead(acting, &messagev1.MarkReadRequest{
		Target: &messagev1.Target{To: &messagev1.Target_RoomId{RoomId: make([]byte, 16)}}, Seq: -1,
	})
	if fault.CodeOf(err) != "validation_failed" {
		t.Errorf("a negative seq: %v", err)
	}
	_, err = gateway.EditMessage(acting, &messagev1.EditMessageRequest{
		MessageId: id.New().Bytes(), ContentType: "text/plain", Content: []byte(" "),
	})
	if fault.CodeOf(err) != "content_invalid" {
		t.Errorf("no content: %v", err)
	}
}
