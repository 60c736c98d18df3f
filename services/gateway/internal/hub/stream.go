package hub

import (
	"slices"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/lair-chat/lair/pkg/id"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	"github.com/lair-chat/lair/services/gateway/internal/frame"
)

// stream is one sequence on this pod. At most one runner at a time moves it
// on; bells only leave their events with it.
type stream struct {
	hub         *Hub
	key         Key
	unsubscribe func()

	mu     sync.Mutex
	subs   []sub
	wanted [frame.Forms]int // how many subs of each form
	head   int64            // of the newest event that was delivered
	heard  int64            // the newest position that anybody spoke of
	early  []*Event         // heard and not delivered, by position
	typing []*eventv1.Typing
	due    time.Time // when what is missing is to be read; zero if nothing is
	runs   bool      // a runner is at work
	gone   bool      // removed from the hub
}

// sub is a client of the stream. It gets events from next on; 0 means that it
// is behind the pod and gets none until it is promoted.
type sub struct {
	client Client
	next   int64
	// since is the position from which the user is part of the conversation:
	// the departure in an older event does not concern it.
	since int64
}

// maxEarly bounds the events that wait for the one before them. Past it the
// newest are dropped, and read from the database.
const maxEarly = 1024

// maxTyping bounds the typing notices that wait; the rest is dropped.
const maxTyping = 64

func (s *stream) attach(client Client, after, head int64) (live, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gone {
		return false, false
	}
	if i := s.find(client); i >= 0 {
		s.subs[i].since = max(s.subs[i].since, head+1)
		return true, true
	}
	entry := sub{client: client, since: head + 1}
	if after >= s.head {
		entry.next = after + 1
	}
	s.subs = append(s.subs, entry)
	s.wanted[client.Form()]++
	s.note(after)
	return entry.next > 0, true
}

func (s *stream) promote(client Client, next int64) Standing {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.find(client)
	switch {
	case i < 0:
		return Detached
	case next <= s.head:
		return Behind
	}
	s.subs[i].next = next
	s.note(next - 1)
	return Live
}

func (s *stream) leave(client Client, last int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.find(client)
	if i >= 0 && s.subs[i].since > last {
		return false
	}
	if i >= 0 {
		s.drop(i)
	}
	return true
}

func (s *stream) detach(client Client) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := s.find(client); i >= 0 {
		s.drop(i)
	}
}

func (s *stream) find(client Client) int {
	return slices.IndexFunc(s.subs, func(x sub) bool { return x.client == client })
}

// drop removes a sub; the last one takes the stream along.
func (s *stream) drop(i int) {
	s.wanted[s.subs[i].client.Form()]--
	last := len(s.subs) - 1
	s.subs[i] = s.subs[last]
	s.subs[last] = sub{}
	s.subs = s.subs[:last]
	if last == 0 && !s.gone {
		s.gone = true
		go s.hub.remove(s)
	}
}

// Listening implements bus.Handler: bells may have been lost before.
func (s *stream) Listening() { s.hub.doubt(s.key) }

// Deliver implements bus.Handler.
func (s *stream) Deliver(data []byte) {
	bell := &eventv1.Bell{}
	if proto.Unmarshal(data, bell) != nil {
		return // somebody else's bytes; the clock will tell
	}
	events := make([]*Event, 0, len(bell.GetEvents())+len(bell.GetUserEvents()))
	for _, e := range bell.GetEvents() {
		events = append(events, &Event{Conversation: e})
	}
	for _, e := range bell.GetUserEvents() {
		events = append(events, &Event{User: e})
	}
	if t := bell.GetTyping(); t != nil {
		s.hearTyping(t)
	}
	s.hear(events, bell.GetHead())
}

// hear leaves events with the stream, and what the newest position is.
func (s *stream) hear(events []*Event, head int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range events {
		seq := e.Seq()
		s.heard = max(s.heard, seq)
		if seq <= s.head {
			continue
		}
		i, known := slices.BinarySearchFunc(s.early, seq, func(x *Event, seq int64) int { return int(x.Seq() - seq) })
		if known || i >= maxEarly {
			continue
		}
		s.early = slices.Insert(s.early, i, e)
		if len(s.early) > maxEarly {
			s.early = slices.Delete(s.early, maxEarly, len(s.early))
		}
	}
	s.note(head)
}

func (s *stream) hearTyping(t *eventv1.Typing) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.typing) < maxTyping {
		s.typing = append(s.typing, t)
		s.start()
	}
}

// note remembers the newest position and starts a runner if there is work.
func (s *stream) note(head int64) {
	s.heard = max(s.heard, head)
	if s.heard > s.head {
		s.start()
	}
}

func (s *stream) start() {
	if s.runs || s.gone {
		return
	}
	s.runs = s.hub.begin(s.run)
}

// ends reports whether the user's departure in an event of position seq, which
// was just delivered, is the end for the sub. One that is behind has not got
// there: whoever brings it up finds the departure. One that is ahead got past it,
// so the user has come back.
func (x *sub) ends(user id.User, seq int64) bool {
	return x.next == seq+1 && x.client.User() == user && seq >= x.since
}

func (s *stream) follows(client Client) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.find(client)
	return i >= 0 && s.subs[i].next > 0
}
