package lair

import (
	"context"
	"net/http"

	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// MarkRead notes that one has read a conversation up to seq, or all of it if
// seq is 0, and returns where the mark is: it never goes back. One's other
// devices get a ReadMarked. Refusals: not_room_member, user_not_found.
func (a *API) MarkRead(ctx context.Context, t clientv1.Target, seq int64) (clientv1.ReadResult, error) {
	body := clientv1.ReadBody{Target: new(spelled(t, clientv1.TargetDirectRequest))}
	if seq != 0 {
		body.Seq = &seq
	}
	return exchange[clientv1.ReadResult](ctx, a, http.MethodPost, "messages/read", nil, body)
}

// Unread returns how many messages one has not read, up to 1,000 in each
// conversation. Conversations without are left out. It is nil if the server
// cannot count now.
func (a *API) Unread(ctx context.Context) (map[id.Conversation]int, error) {
	v, err := exchange[clientv1.UserBody](ctx, a, http.MethodGet, "users/me", nil, nil)
	return v.UnreadCounts, err
}
