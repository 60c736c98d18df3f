package hub_test

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/lair-chat/lair/pkg/id"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	"github.com/lair-chat/lair/services/gateway/internal/hub"
)

var errDown = errors.New("the database is down")

// journal is the database: what was committed, and who reads it.
type journal struct {
	mu     sync.Mutex
	logs   map[hub.Key][]*hub.Event
	first  map[hub.Key]int64 // the oldest position that is kept, if not 1
	left   map[place]int64   // with which event a user left
	down   bool
	reads  int    // of events, that were tried
	during func() // runs once, after the next reading of events
}

type place struct {
	key  hub.Key
	user id.User
}

func newJournal() *journal {
	return &journal{logs: map[hub.Key][]*hub.Event{}, first: map[hub.Key]int64{}, left: map[place]int64{}}
}

// say commits a message.
func (j *journal) say(k hub.Key) *hub.Event { return j.commit(k, &eventv1.Body{}) }

// depart commits that the user left.
func (j *journal) depart(k hub.Key, u id.User) *hub.Event {
	e := j.commit(k, &eventv1.Body{Kind: &eventv1.Body_MemberLeft{MemberLeft: &eventv1.MemberLeft{UserId: u.Bytes()}}})
	j.mu.Lock()
	defer j.mu.Unlock()
	j.left[place{k, u}] = e.Seq()
	return e
}

// endRoom commits that the room was deleted.
func (j *journal) endRoom(k hub.Key) *hub.Event {
	return j.commit(k, &eventv1.Body{Kind: &eventv1.Body_RoomDeleted{RoomDeleted: &eventv1.RoomDeleted{}}})
}

// join commits that the user joined, in both sequences.
func (j *journal) join(k hub.Key, u id.User) (joined, added *hub.Event) {
	joined = j.commit(k, &eventv1.Body{Kind: &eventv1.Body_MemberJoined{MemberJoined: &eventv1.MemberJoined{UserId: u.Bytes()}}})
	j.mu.Lock()
	delete(j.left, place{k, u})
	j.mu.Unlock()
	return joined, j.add(k, u, joined.Seq())
}

// add commits, in the sequence of the user, that it is part of k.
func (j *journal) add(k hub.Key, u id.User, first int64) *hub.Event {
	c, _ := k.Conversation()
	j.mu.Lock()
	defer j.mu.Unlock()
	own := hub.User(u)
	e := &hub.Event{User: &eventv1.UserEvent{
		UserId: u.Bytes(), Seq: int64(len(j.logs[own])) + 1, At: time.Now().UnixMicro(),
		Body: &eventv1.UserBody{Kind: &eventv1.UserBody_ConversationAdded{
			ConversationAdded: &eventv1.ConversationAdded{ConversationId: c.Bytes(), FirstSeq: first},
		}},
	}}
	j.logs[own] = append(j.logs[own], e)
	return e
}

func (j *journal) commit(k hub.Key, body *eventv1.Body) *hub.Event {
	c, _ := k.Conversation()
	j.mu.Lock()
	defer j.mu.Unlock()
	e := &hub.Event{Conversation: &eventv1.Event{
		ConversationId: c.Bytes(), Seq: int64(len(j.logs[k])) + 1, At: time.Now().UnixMicro(), Body: body,
	}}
	j.logs[k] = append(j.logs[k], e)
	return e
}

func (j *journal) head(k hub.Key) int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return int64(len(j.logs[k]))
}

// visible is the head that the user may see, and whether it left with it.
func (j *journal) visible(k hub.Key, u id.User) (head int64, left bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if seq, ok := j.left[place{k, u}]; ok {
		return seq, true
	}
	return int64(len(j.logs[k])), false
}

// set changes the journal under its lock.
func (j *journal) set(change func()) {
	j.mu.Lock()
	defer j.mu.Unlock()
	change()
}

// readings says how often events were read since the last call.
func (j *journal) readings() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	n := j.reads
	j.reads = 0
	return n
}

// Events implements hub.Source.
func (j *journal) Events(_ context.Context, k hub.Key, after int64, limit int) (hub.Page, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if during := j.during; during != nil {
		j.during = nil
		defer func() { j.mu.Unlock(); during(); j.mu.Lock() }()
	}
	j.reads++
	if j.down {
		return hub.Page{}, errDown
	}
	return j.page(k, after, int64(len(j.logs[k])), limit), nil
}

// missed reads what a user may see, as a session does.
func (j *journal) missed(k hub.Key, u id.User, after int64, limit int) (page hub.Page, left bool) {
	head, left := j.visible(k, u)
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.page(k, after, head, limit), left
}

func (j *journal) page(k hub.Key, after, head int64, limit int) hub.Page {
	if after > head || after < j.first[k]-1 {
		return hub.Page{Reset: true, Head: head}
	}
	return hub.Page{Events: j.logs[k][after:min(head, after+int64(limit))], Head: head}
}

// Heads implements hub.Source.
func (j *journal) Heads(_ context.Context, keys []hub.Key) (map[hub.Key]int64, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.down {
		return nil, errDown
	}
	heads := map[hub.Key]int64{}
	for _, k := range keys {
		if n := len(j.logs[k]); n > 0 {
			heads[k] = int64(n)
		}
	}
	return heads, nil
}
