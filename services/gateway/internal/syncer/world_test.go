package syncer_test

import (
	"context"
	"errors"
	"testing"

	"google.golang.org/grpc"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/rpc"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	messagev1 "github.com/lair-chat/lair/proto/message/v1"
	"github.com/lair-chat/lair/services/gateway/internal/authn"
	"github.com/lair-chat/lair/services/gateway/internal/hub"
	"github.com/lair-chat/lair/services/gateway/internal/syncer"
)

// world is a syncer before a message service, as one user sees it.
type world struct {
	messagev1.MessageServiceClient
	hub.Encoder
	syncer.Syncer

	t         *testing.T
	who       authn.Identity
	places    []*place // in the order of the list
	own       []*hub.Event
	ownFirst  int64 // the oldest of them that is kept, if not 1
	afterList func()
	down      error
	asked     int // pages
}

// place is a conversation that the user is or was part of.
type place struct {
	id    id.Conversation
	log   []*hub.Event
	left  int64 // with which event; 0 if it is there
	first int64 // the oldest event that is kept, if not 1
}

// shown is an event as the encoder of the tests makes it.
type shown struct {
	of  hub.Key
	seq int64
}

func setup(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, who: authn.Identity{User: id.User{UUID: id.New()}, Session: id.Session{UUID: id.New()}}}
	w.Syncer = syncer.Syncer{Messages: w, Source: w, Encoder: w}
	return w
}

// join adds a conversation with n events, of which the user gets those from
// first on, and says so in its own sequence.
func (w *world) join(n int, first int64) *place {
	p := &place{id: id.Conversation{UUID: id.New()}}
	w.places = append(w.places, p)
	p.say(n)
	w.own = append(w.own, &hub.Event{User: &eventv1.UserEvent{
		Seq: int64(len(w.own)) + 1, UserId: w.who.User.Bytes(),
		Body: &eventv1.UserBody{Kind: &eventv1.UserBody_ConversationAdded{
			ConversationAdded: &eventv1.ConversationAdded{ConversationId: p.id.Bytes(), FirstSeq: first},
		}},
	}})
	return p
}

func (p *place) say(n int) {
	for range n {
		p.log = append(p.log, &hub.Event{Conversation: &eventv1.Event{
			ConversationId: p.id.Bytes(), Seq: int64(len(p.log)) + 1,
		}})
	}
}

// head is the newest position that the user may see.
func (p *place) head() int64 {
	if p.left > 0 {
		return p.left
	}
	return int64(len(p.log))
}

func (w *world) actor(ctx context.Context) {
	if a, ok := rpc.ActorFrom(ctx); !ok || a.User != w.who.User || a.Session != w.who.Session {
		w.t.Errorf("%v acts", a)
	}
}

func (w *world) ListConversations(
	ctx context.Context, _ *messagev1.ListConversationsRequest, _ ...grpc.CallOption,
) (*messagev1.ListConversationsResponse, error) {
	w.actor(ctx)
	if w.down != nil {
		return nil, w.down
	}
	res := &messagev1.ListConversationsResponse{UserHead: int64(len(w.own))}
	for _, p := range w.places {
		res.Conversations = append(res.Conversations, &messagev1.Conversation{
			Id: p.id.Bytes(), Head: p.head(), Left: p.left > 0,
			Kind: eventv1.ConversationKind_CONVERSATION_KIND_ROOM,
		})
	}
	if then := w.afterList; then != nil {
		w.afterList = nil
		then()
	}
	return res, nil
}

var errStranger = errors.New("the user is not part of it")

// Missed implements session.Source.
func (w *world) Missed(ctx context.Context, k hub.Key, after int64, limit int) (hub.Page, bool, error) {
	w.actor(ctx)
	w.asked++
	log, first, head, left := w.own, w.ownFirst, int64(len(w.own)), false
	if c, ok := k.Conversation(); ok {
		p := w.place(c)
		if p == nil {
			return hub.Page{}, false, errStranger
		}
		log, first, head, left = p.log, p.first, p.head(), p.left > 0
	}
	if limit < 1 || limit > 1000 {
		w.t.Errorf("asked for %d events", limit)
	}
	if after > head || after < first-1 {
		return hub.Page{Reset: true, Head: head}, left, nil
	}
	return hub.Page{Events: log[after:min(head, after+int64(limit))], Head: head}, left, nil
}

func (w *world) place(c id.Conversation) *place {
	for _, p := range w.places {
		if p.id == c {
			return p
		}
	}
	return nil
}

// Event implements hub.Encoder.
func (w *world) Event(_ context.Context, e *hub.Event) (v any, plain bool) {
	if e.User != nil {
		return shown{hub.User(w.who.User), e.Seq()}, false
	}
	u, err := id.FromBytes(e.Conversation.GetConversationId())
	if err != nil {
		w.t.Error(err)
	}
	return shown{hub.Conversation(id.Conversation{UUID: u}), e.Seq()}, false
}

// ask is one call with these positions; a negative position of the user is
// none.
func (w *world) ask(positions map[id.Conversation]int64, own int64, limit int) clientv1.SyncResult {
	w.t.Helper()
	body := clientv1.SyncBody{Positions: positions}
	if own >= 0 {
		body.UserSeq = &own
	}
	if limit > 0 {
		body.Limit = &limit
	}
	res, err := w.Sync(w.t.Context(), w.who, body)
	if err != nil {
		w.t.Fatal(err)
	}
	return res
}

// want fails unless the answer has exactly the events of k from first to last.
func (w *world) want(res clientv1.SyncResult, k hub.Key, first, last int64) {
	w.t.Helper()
	next := first
	for _, v := range res.Events {
		e, ok := v.(shown)
		if !ok {
			w.t.Fatalf("%T is no event", v)
		}
		if e.of != k {
			continue
		}
		if e.seq != next {
			w.t.Fatalf("%d came, want %d of %d to %d", e.seq, next, first, last)
		}
		next++
	}
	if next != last+1 {
		w.t.Errorf("%d to %d came, want %d to %d", first, next-1, first, last)
	}
}
