package lair

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// Do sends any other command and returns the response as it came. It waits for
// the link to be live, and for the answer, until ctx ends. When the connection
// is lost before the answer, commands that only ask (get_…, list_…) are sent
// again; others end with ErrUnanswered. The request id is chosen by the link,
// which also makes the handshake itself: Do refuses those commands. For
// messages use Send, which may be repeated.
func (l *Link) Do(ctx context.Context, c clientv1.Command) (json.RawMessage, error) {
	k := acting
	switch c.Type {
	case clientv1.TypeClientHello, clientv1.TypeAuthenticate, clientv1.TypeLogin,
		clientv1.TypeRegister, clientv1.TypeResume:
		return nil, fmt.Errorf("%s: %w", c.Type, refusal("invalid_state", "the link has done this"))
	case clientv1.TypePing:
		k = pinging
	case clientv1.TypeTyping:
		k = noting
	default:
		if strings.HasPrefix(c.Type, "get_") || strings.HasPrefix(c.Type, "list_") {
			k = asking
		}
	}
	if c.Target != nil {
		c.Target = new(spelled(*c.Target, clientv1.TargetDirect))
	}
	x, err := l.add(ctx, k, c)
	if err == nil {
		var raw json.RawMessage
		if raw, err = l.wait(ctx, x); err == nil {
			return raw, nil
		}
	}
	return nil, fmt.Errorf("%s: %w", c.Type, err)
}

// ask sends a command and decodes the response.
func ask[T any](ctx context.Context, l *Link, c clientv1.Command) (v T, err error) {
	raw, err := l.Do(ctx, c)
	if err != nil {
		return v, err
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		return v, fmt.Errorf("%s: %w", c.Type, err)
	}
	return v, nil
}

// CreateRoom makes a room of which one is the owner.
func (l *Link) CreateRoom(ctx context.Context, r NewRoom) (clientv1.Room, error) {
	body := r.body()
	v, err := ask[clientv1.RoomBody](ctx, l, clientv1.Command{
		Type: clientv1.TypeCreateRoom, Name: body.Name, Description: body.Description, Settings: body.Settings,
	})
	return v.Room, err
}

// Rooms lists rooms by name.
func (l *Link) Rooms(ctx context.Context, q RoomsQuery) (clientv1.RoomsBody, error) {
	c := clientv1.Command{Type: clientv1.TypeListRooms, Filter: &clientv1.Filter{JoinedOnly: q.JoinedOnly}}
	if q.Search != "" {
		c.Filter.Search = &q.Search
	}
	if q.Limit > 0 {
		c.Limit = &q.Limit
	}
	if q.Offset > 0 {
		c.Offset = &q.Offset
	}
	return ask[clientv1.RoomsBody](ctx, l, c)
}

// JoinRoom becomes a member.
func (l *Link) JoinRoom(ctx context.Context, r id.Room) (clientv1.JoinBody, error) {
	return ask[clientv1.JoinBody](ctx, l, clientv1.Command{Type: clientv1.TypeJoinRoom, RoomID: new(r.String())})
}

// LeaveRoom ends a membership.
func (l *Link) LeaveRoom(ctx context.Context, r id.Room) error {
	_, err := l.Do(ctx, clientv1.Command{Type: clientv1.TypeLeaveRoom, RoomID: new(r.String())})
	return err
}

// Messages returns messages of a conversation, the newest first.
func (l *Link) Messages(ctx context.Context, q MessagesQuery) (clientv1.MessagesBody, error) {
	c := clientv1.Command{Type: clientv1.TypeGetMessages, Target: &q.Target}
	if q.Limit > 0 {
		c.Limit = &q.Limit
	}
	if q.BeforeSeq > 0 {
		c.BeforeSeq = &q.BeforeSeq
	}
	if q.AfterSeq != nil {
		c.AfterSeq = q.AfterSeq
	}
	return ask[clientv1.MessagesBody](ctx, l, c)
}

// Typing tells the others that one is typing. Nothing is promised: while the
// link is not live it does nothing.
func (l *Link) Typing(ctx context.Context, t clientv1.Target) error {
	l.mu.Lock()
	idle := l.live == nil
	l.mu.Unlock()
	if idle {
		return l.Err()
	}
	_, err := l.Do(ctx, clientv1.Command{Type: clientv1.TypeTyping, Target: &t})
	return err
}

// Ping asks the server for a sign of life and returns it.
func (l *Link) Ping(ctx context.Context) (clientv1.Pong, error) {
	return ask[clientv1.Pong](ctx, l, clientv1.Command{Type: clientv1.TypePing})
}
