package backend

import (
	"context"

	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	messagev1 "github.com/lair-chat/lair/proto/message/v1"
	"github.com/lair-chat/lair/services/gateway/internal/object"
)

// MarkRead notes how far the acting user has read a room or the talk with a
// person; a nil seq is all. Errors: validation_failed, not_room_member,
// user_not_found.
func (b *Backend) MarkRead(ctx context.Context, room id.Room, user id.User, seq *int64) (clientv1.ReadResult, error) {
	req := &messagev1.MarkReadRequest{Target: &messagev1.Target{To: &messagev1.Target_UserId{UserId: user.Bytes()}}}
	if !room.IsZero() {
		req.Target = &messagev1.Target{To: &messagev1.Target_RoomId{RoomId: room.Bytes()}}
	}
	if seq != nil {
		if *seq <= 0 { // to the service 0 is all
			return clientv1.ReadResult{}, invalid("seq must be positive")
		}
		req.Seq = *seq
	}
	res, err := b.Messages.MarkRead(ctx, req)
	if err != nil {
		return clientv1.ReadResult{}, err
	}
	return clientv1.ReadResult{Conversation: object.ConversationID(res.GetConversationId()), ReadSeq: res.GetSeq()}, nil
}

// Unread counts what the acting user has not read, up to 1,000 in each
// conversation. Conversations without are left out.
func (b *Backend) Unread(ctx context.Context) (map[id.Conversation]int, error) {
	res, err := b.Messages.ListUnread(ctx, &messagev1.ListUnreadRequest{})
	if err != nil {
		return nil, err
	}
	counts := make(map[id.Conversation]int, len(res.GetConversations()))
	for _, u := range res.GetConversations() {
		counts[object.ConversationID(u.GetConversationId())] = int(u.GetCount())
	}
	return counts, nil
}
