package lair

import (
	"errors"
	"fmt"
	"maps"

	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// Positions are how far a program has read: the seq of the last event that it
// took of each conversation, and of the user's own sequence. They can be stored
// as JSON. The zero value means "from now on".
type Positions struct {
	Conversations map[id.Conversation]int64 `json:"conversations,omitempty"`
	UserSeq       *int64                    `json:"user_seq,omitempty"`
}

// clone returns a copy that shares nothing and whose map can be written.
func (p Positions) clone() Positions {
	c := Positions{Conversations: make(map[id.Conversation]int64, len(p.Conversations))}
	maps.Copy(c.Conversations, p.Conversations)
	if p.UserSeq != nil {
		c.UserSeq = new(*p.UserSeq)
	}
	return c
}

// took notes that the event was taken.
func (p *Positions) took(e Event) {
	if e.stands {
		p.Conversations[e.Conversation] = e.at
	}
	if e.UserSeq > 0 || (e.Type == clientv1.TypeReset && e.Conversation.IsZero()) {
		p.UserSeq = new(e.UserSeq)
	}
}

// errHole says that events are missing, and that resuming brings them.
var errHole = errors.New("events are missing")

// tracker knows where each sequence stands as events come in, and so which
// event is the next. One goroutine uses it at a time.
type tracker struct {
	marks   map[id.Conversation]*mark
	user    int64
	hasUser bool
}

// mark is the position of one conversation.
type mark struct {
	seq int64
	// adopted means that the position was not the client's own but the head
	// that the server named, or what came first. start is where it then stood:
	// events up to it may still turn out to be the client's to see.
	adopted bool
	start   int64
}

func newTracker(p Positions) *tracker {
	t := &tracker{marks: make(map[id.Conversation]*mark)}
	for c, seq := range p.Conversations {
		t.marks[c] = &mark{seq: seq}
	}
	if p.UserSeq != nil {
		t.user, t.hasUser = *p.UserSeq, true
	}
	return t
}

// positions are what to name in a resume.
func (t *tracker) positions() Positions {
	p := Positions{Conversations: make(map[id.Conversation]int64, len(t.marks))}
	for c, m := range t.marks {
		p.Conversations[c] = m.seq
	}
	if t.hasUser {
		p.UserSeq = new(t.user)
	}
	return p
}

// resumed takes note of the answer to a resume that named the positions. It
// returns the resets that were in it, and where the conversations go on that were
// not named.
func (t *tracker) resumed(r *clientv1.ResumeResponse) (resets []Event, heads Positions) {
	heads.Conversations = make(map[id.Conversation]int64)
	for _, c := range r.Conversations {
		m := t.marks[c.ID]
		switch {
		case m == nil:
			t.marks[c.ID] = &mark{seq: c.After, adopted: c.After == c.Seq, start: c.Seq}
			heads.Conversations[c.ID] = c.After
		case c.Reset:
			*m = mark{seq: c.Seq}
			resets = append(resets, resetEvent(c.ID, c.Seq))
		}
	}
	switch {
	case !t.hasUser:
		t.user, t.hasUser = r.UserSeq, true
		heads.UserSeq = new(r.UserSeq)
	case r.UserReset:
		t.user = r.UserSeq
		resets = append(resets, userResetEvent(r.UserSeq))
	}
	return resets, heads
}

// reset moves a sequence to where the server says.
func (t *tracker) reset(e Event) {
	if e.Conversation.IsZero() {
		t.user, t.hasUser = e.UserSeq, true
		return
	}
	t.marks[e.Conversation] = &mark{seq: e.Seq}
}

// accept reports whether a durable event is the next of its sequence, and then
// moves on. If it is not, it is a repeat, or the error is errHole.
func (t *tracker) accept(e Event) (bool, error) {
	if e.UserSeq > 0 {
		ok, err := follows(t.user, e.UserSeq)
		if ok {
			t.user = e.UserSeq
		}
		return ok, err
	}
	m := t.marks[e.Conversation]
	if m == nil {
		// Nobody said that this conversation began: it begins here.
		m = &mark{seq: e.Seq - 1, adopted: true, start: e.Seq - 1}
		t.marks[e.Conversation] = m
	}
	ok, err := follows(m.seq, e.Seq)
	if ok {
		m.seq = e.Seq
	}
	return ok, err
}

func follows(have, seq int64) (bool, error) {
	if seq > have+1 {
		return false, fmt.Errorf("%w: %d came after %d", errHole, seq, have)
	}
	return seq == have+1, nil
}

// added takes note that the user became part of a conversation and gets its
// events from first on. It returns where the conversation now stands.
//
// If the position was adopted beyond first, because the head was named before
// this was known, it moves back and the error is errHole: resuming brings the
// events between. If events were handed out since then, repeat is true: they
// will come again, which must be told.
func (t *tracker) added(c id.Conversation, first int64) (at int64, repeat bool, err error) {
	m := t.marks[c]
	switch {
	case m == nil || m.seq < first-1:
		t.marks[c] = &mark{seq: first - 1}
		return first - 1, false, nil
	case m.adopted && m.start > first-1:
		repeat = m.seq > m.start
		*m = mark{seq: first - 1}
		return first - 1, repeat, fmt.Errorf("%w: those since the user was added", errHole)
	default:
		m.adopted = false
		return m.seq, false, nil
	}
}
