package backend

import (
	"context"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	messagev1 "github.com/lair-chat/lair/proto/message/v1"
	"github.com/lair-chat/lair/services/gateway/internal/object"
)

// Bounds say which stretch of a conversation is wanted: at most one may be set,
// none is the newest. Times are RFC 3339. "After" reads the oldest ones behind
// the bound.
type Bounds struct {
	Before, After       *string
	BeforeSeq, AfterSeq *int64
}

// ListMessages reads the messages of a conversation, the newest first. Errors:
// validation_failed, room_not_found, not_room_member, user_not_found.
func (b *Backend) ListMessages(ctx context.Context, t clientv1.Target, bounds Bounds, limit *uint32) (clientv1.MessagesBody, error) {
	ask, show := size(limit)
	req := &messagev1.ListMessagesRequest{Limit: ask}
	room, user, err := t.Parse()
	switch {
	case err != nil:
		return clientv1.MessagesBody{}, err
	case t.Type != clientv1.TargetRoom:
		req.Target = &messagev1.Target{To: &messagev1.Target_UserId{UserId: user.Bytes()}}
	default:
		req.Target = &messagev1.Target{To: &messagev1.Target_RoomId{RoomId: room.Bytes()}}
	}
	if err := bounds.apply(req); err != nil {
		return clientv1.MessagesBody{}, err
	}
	res, err := b.Messages.ListMessages(ctx, req)
	if err != nil {
		return clientv1.MessagesBody{}, err
	}
	messages := cut(res.GetMessages(), show)
	body := clientv1.MessagesBody{
		Messages: make([]clientv1.Message, len(messages)),
		HasMore:  res.GetHasMore() || len(messages) < len(res.GetMessages()),
	}
	for i, m := range messages {
		body.Messages[i] = object.Message(m)
	}
	return body, nil
}

func (b Bounds) apply(req *messagev1.ListMessagesRequest) error {
	n := 0
	for _, set := range []bool{b.Before != nil, b.After != nil, b.BeforeSeq != nil, b.AfterSeq != nil} {
		if set {
			n++
		}
	}
	switch {
	case n > 1:
		return invalid("name only one of before, after, before_seq and after_seq")
	case b.Before != nil:
		us, err := micros(*b.Before)
		req.Bound = &messagev1.ListMessagesRequest_BeforeTime{BeforeTime: us}
		return err
	case b.After != nil:
		us, err := micros(*b.After)
		req.Bound = &messagev1.ListMessagesRequest_AfterTime{AfterTime: us}
		return err
	case b.BeforeSeq != nil:
		// There is nothing before 1, nor before anything less.
		req.Bound = &messagev1.ListMessagesRequest_BeforeSeq{BeforeSeq: max(*b.BeforeSeq, 1)}
	case b.AfterSeq != nil:
		// To the service a seq of 0 is no bound; everything is after 1970.
		if req.Bound = (&messagev1.ListMessagesRequest_AfterSeq{AfterSeq: *b.AfterSeq}); *b.AfterSeq <= 0 {
			req.Bound = &messagev1.ListMessagesRequest_AfterTime{AfterTime: 1}
		}
	}
	return nil
}

// micros reads a time of the years that a message can have.
func micros(text string) (int64, error) {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil || t.Year() < 1970 {
		return 0, invalid("a time must look like 2026-02-19T12:00:00Z")
	}
	return t.UnixMicro(), nil
}

func invalid(text string) error { return fault.New(fault.Invalid, "validation_failed", "%s", text) }
