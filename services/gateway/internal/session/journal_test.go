package session_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/lair-chat/lair/pkg/bus"
	"github.com/lair-chat/lair/pkg/bus/membus"
	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/rpc"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	messagev1 "github.com/lair-chat/lair/proto/message/v1"
	"github.com/lair-chat/lair/services/gateway/internal/backend/backendtest"
	"github.com/lair-chat/lair/services/gateway/internal/hub"
)

// journal is the sequences that the message service has.
type journal struct {
	t   *testing.T
	bus *membus.Bus

	mu     sync.Mutex
	down   error // what the service says to everything
	events map[id.Conversation][]*eventv1.Event
	users  map[id.User][]*eventv1.UserEvent
	order  []id.Conversation // of the list
	kept   map[id.Conversation]int64
	left   map[id.Conversation]int64 // where ann left
	joined map[id.Conversation]bool  // ann is part of it
}

func newJournal(t *testing.T, b *membus.Bus) *journal {
	t.Helper()
	return &journal{
		t: t, bus: b, events: map[id.Conversation][]*eventv1.Event{}, users: map[id.User][]*eventv1.UserEvent{},
		kept: map[id.Conversation]int64{}, left: map[id.Conversation]int64{}, joined: map[id.Conversation]bool{},
	}
}

func (j *journal) play(s *backendtest.Services) {
	backendtest.On(s, j.listConversations)
	backendtest.On(s, j.listEvents)
	backendtest.On(s, j.listUserEvents)
	backendtest.On(s, j.heads)
	backendtest.On(s, func(_ context.Context, req *authv1.GetUsersRequest) (*authv1.GetUsersResponse, error) {
		res := &authv1.GetUsersResponse{}
		for _, raw := range req.GetUserIds() {
			u, err := id.FromBytes(raw)
			if err != nil {
				return nil, err
			}
			res.Users = append(res.Users, person(id.User{UUID: u}))
		}
		return res, nil
	})
}

// head returns the newest position that ann may see.
func (j *journal) head(c id.Conversation) int64 {
	if at, ok := j.left[c]; ok {
		return at
	}
	return int64(len(j.events[c]))
}

func (j *journal) listConversations(context.Context, *messagev1.ListConversationsRequest) (*messagev1.ListConversationsResponse, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	res := &messagev1.ListConversationsResponse{UserHead: int64(len(j.users[ann]))}
	for _, c := range j.order {
		if !j.joined[c] {
			continue
		}
		_, left := j.left[c]
		res.Conversations = append(res.Conversations, &messagev1.Conversation{
			Id: c.Bytes(), Kind: eventv1.ConversationKind_CONVERSATION_KIND_ROOM, Head: j.head(c), Left: left,
		})
	}
	return res, j.down
}

func (j *journal) listEvents(ctx context.Context, req *messagev1.ListEventsRequest) (*messagev1.ListEventsResponse, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	u, _ := id.FromBytes(req.GetConversationId())
	c, after := id.Conversation{UUID: u}, req.GetAfterSeq()
	if j.down != nil {
		return nil, j.down
	}
	res := &messagev1.ListEventsResponse{Head: int64(len(j.events[c]))}
	if actor, ok := rpc.ActorFrom(ctx); ok && actor.User == ann {
		if !j.joined[c] {
			return nil, fault.New(fault.Denied, "not_room_member", "no")
		}
		res.Head = j.head(c)
		_, res.Left = j.left[c]
	}
	if after > res.Head || after < j.kept[c] {
		res.Reset_ = true
		return res, nil
	}
	res.Events = j.events[c][after:min(res.Head, after+int64(req.GetLimit()))]
	return res, nil
}

func (j *journal) listUserEvents(_ context.Context, req *messagev1.ListUserEventsRequest) (*messagev1.ListUserEventsResponse, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	u, _ := id.FromBytes(req.GetUserId())
	list := j.users[id.User{UUID: u}]
	return &messagev1.ListUserEventsResponse{Head: int64(len(list)), Events: list[min(len(list), int(req.GetAfterSeq())):]}, j.down
}

func (j *journal) heads(_ context.Context, req *messagev1.HeadsRequest) (*messagev1.HeadsResponse, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	res := &messagev1.HeadsResponse{}
	for _, raw := range req.GetConversationIds() {
		u, _ := id.FromBytes(raw)
		res.Conversations = append(res.Conversations, &messagev1.Head{Id: raw, Seq: int64(len(j.events[id.Conversation{UUID: u}]))})
	}
	for _, raw := range req.GetUserIds() {
		u, _ := id.FromBytes(raw)
		res.Users = append(res.Users, &messagev1.Head{Id: raw, Seq: int64(len(j.users[id.User{UUID: u}]))})
	}
	return res, j.down
}

// room makes ann part of a conversation with n messages.
func (j *journal) room(c id.Conversation, n int) {
	j.mu.Lock()
	j.order = append(j.order, c)
	j.joined[c] = true
	j.mu.Unlock()
	for range n {
		j.speak(c)
	}
}

// speak adds a message and rings. Its content is its seq.
func (j *journal) speak(c id.Conversation) {
	j.add(c, func(seq int64) *eventv1.Body {
		return &eventv1.Body{Kind: &eventv1.Body_MessageSent{MessageSent: &eventv1.MessageSent{Message: &eventv1.Message{
			Id: id.New().Bytes(), ConversationId: c.Bytes(), Seq: seq, AuthorId: bob.Bytes(), Content: fmt.Append(nil, seq),
		}}}}
	})
}

// leave makes ann leave with an event, and rings.
func (j *journal) leave(c id.Conversation) {
	j.add(c, func(seq int64) *eventv1.Body {
		j.left[c] = seq
		return &eventv1.Body{Kind: &eventv1.Body_MemberLeft{MemberLeft: &eventv1.MemberLeft{
			UserId: ann.Bytes(), Reason: eventv1.LeaveReason_LEAVE_REASON_KICKED,
		}}}
	})
}

// join makes ann part of a conversation from here on, and rings for her.
func (j *journal) join(c id.Conversation) {
	j.mu.Lock()
	j.joined[c] = true
	j.order = append(j.order, c)
	e := &eventv1.UserEvent{
		UserId: ann.Bytes(), Seq: int64(len(j.users[ann])) + 1, At: time.Now().UnixMicro(),
		Body: &eventv1.UserBody{Kind: &eventv1.UserBody_ConversationAdded{ConversationAdded: &eventv1.ConversationAdded{
			ConversationId: c.Bytes(), Kind: eventv1.ConversationKind_CONVERSATION_KIND_ROOM, FirstSeq: int64(len(j.events[c])) + 1,
		}}},
	}
	j.users[ann] = append(j.users[ann], e)
	j.mu.Unlock()
	j.ring(hub.User(ann), &eventv1.Bell{UserEvents: []*eventv1.UserEvent{e}, Head: e.GetSeq()})
}

func (j *journal) add(c id.Conversation, body func(seq int64) *eventv1.Body) {
	j.mu.Lock()
	seq := int64(len(j.events[c])) + 1
	e := &eventv1.Event{ConversationId: c.Bytes(), Seq: seq, At: time.Now().UnixMicro(), ActorId: bob.Bytes(), Body: body(seq)}
	j.events[c] = append(j.events[c], e)
	j.mu.Unlock()
	j.ring(hub.Conversation(c), &eventv1.Bell{Events: []*eventv1.Event{e}, Head: seq})
}

func (j *journal) ring(k hub.Key, bell *eventv1.Bell) {
	data, err := proto.Marshal(bell)
	if err == nil {
		err = j.bus.Publish(context.Background(), bus.Message{Topic: k.Topic(), Data: data})
	}
	if err != nil {
		j.t.Error(err)
	}
}

// change changes what the journal says.
func (j *journal) change(change func()) {
	j.mu.Lock()
	defer j.mu.Unlock()
	change()
}
