package lair

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// maxBatch is how many bytes of requests leave in one write, but for the last.
const maxBatch = 64 << 10

// kind says what may be done with a request whose answer was lost.
type kind uint8

const (
	sending kind = iota // has a client_msg_id: repeated until it is answered
	asking              // changes nothing: repeated
	acting              // may have been carried out: ends with ErrUnanswered
	pinging             // repeated; its answer has no request id
	noting              // has no answer and is worth nothing later
)

// talk is the conversation that a message is for, however its id was written.
type talk struct {
	room id.Room
	peer id.User
}

// call is one request. All but the first three fields are guarded by Link.mu
// until done is closed, and constant afterwards.
type call struct {
	kind  kind
	frame []byte
	to    talk // of a sending

	id    string
	on    *session  // where it was written; nil if it is to be written
	gone  bool      // it was written at least once
	after time.Time // when it may be written again
	wait  *backoff  // made by the first temporary refusal

	done chan struct{}
	raw  json.RawMessage
	err  error
}

// add puts a request in line. It waits while 256 are unanswered.
func (l *Link) add(ctx context.Context, k kind, c clientv1.Command) (*call, error) {
	request := l.requestID()
	if k != pinging && k != noting {
		c.RequestID = &request
	}
	raw, err := json.Marshal(c) //nolint:gosec // a password is for the server
	if err != nil {
		return nil, err
	}
	if len(raw) > MaxFrame {
		return nil, refusal("content_invalid", "it is larger than a frame may be")
	}
	x := &call{kind: k, frame: raw, id: request, done: make(chan struct{})}
	if k == sending {
		x.to.room, x.to.peer, _ = c.Target.Parse() // the draft was checked
	}
	select {
	case l.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-l.done:
		return nil, l.err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended || l.closing {
		<-l.slots
		return nil, errors.Join(l.err, ErrClosed)
	}
	l.calls = append(l.calls, x)
	l.byID[x.id] = x
	if l.live != nil {
		l.live.kick()
	}
	return x, nil
}

// wait returns the answer. If ctx ends first the request is taken back.
func (l *Link) wait(ctx context.Context, c *call) (json.RawMessage, error) {
	select {
	case <-c.done:
	case <-ctx.Done():
		l.mu.Lock()
		l.finish(c, nil, c.lost(ctx.Err()))
		l.mu.Unlock()
	}
	return c.raw, c.err
}

// lost returns the error of a request that will not be answered because of err.
func (c *call) lost(err error) error {
	if !c.gone || errors.Is(err, ErrUnanswered) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrUnanswered, err)
}

// finish ends a request, unless it has ended. The caller holds l.mu.
func (l *Link) finish(c *call, raw []byte, err error) {
	if l.byID[c.id] != c {
		return
	}
	delete(l.byID, c.id)
	l.calls = slices.DeleteFunc(l.calls, func(x *call) bool { return x == c })
	c.raw, c.err = raw, err
	close(c.done)
	<-l.slots
	if c.kind == sending && l.live != nil {
		l.live.kick() // the next one may have waited for it
	}
}

// postpone lets a message that was refused for now be sent again after a pause,
// which is at least as long as the server asks for.
func (l *Link) postpone(c *call, least time.Duration) {
	if c.wait == nil {
		c.wait = l.opts.backoff()
	}
	c.on, c.after = nil, time.Now().Add(max(c.wait.next(), least))
}

// unanswered counts the requests that the session has still to answer.
func (l *Link) unanswered(s *session) (n int) {
	for _, c := range l.calls {
		if c.on == s {
			n++
		}
	}
	return n
}

// orphan says what becomes of the requests that a dead session did not answer.
// Those that may be repeated will be, because they are on no live session.
func (l *Link) orphan(s *session) {
	for _, c := range slices.Clone(l.calls) {
		switch {
		case c.kind == noting:
			l.finish(c, nil, nil)
		case c.on != s:
		case c.kind == acting:
			l.finish(c, nil, ErrUnanswered)
		default:
			c.on = nil
		}
	}
}

// take returns the frames that are to be written now, in the order in which the
// requests were made, and how long until there may be more.
//
// A message is not written while one in front of it, in the same conversation,
// is without an answer. The server keeps the order of what it takes, but it may
// refuse one for the moment (it was too often, a queue was full, a peer did not
// answer) and take the next; and once that one is on its way nobody can call it
// back.
func (l *Link) take(s *session) (frames [][]byte, again time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if s.draining {
		return nil, 0
	}
	var (
		size  int
		now   = time.Now()
		taken = make(map[talk]bool) // conversations that have a message on its way
		notes []*call
	)
	for _, c := range l.calls {
		if c.kind == sending {
			if taken[c.to] {
				continue
			}
			taken[c.to] = true
		}
		if c.on != nil {
			continue
		}
		if d := c.after.Sub(now); d > 0 {
			if again == 0 || d < again {
				again = d
			}
			continue
		}
		if size > maxBatch {
			s.kick()
			break
		}
		size += len(c.frame)
		c.on, c.gone = s, true
		frames = append(frames, c.frame)
		switch c.kind {
		case pinging:
			s.pings = append(s.pings, c)
		case noting:
			notes = append(notes, c)
		case sending, asking, acting:
		}
	}
	for _, c := range notes {
		l.finish(c, nil, nil)
	}
	return frames, again
}
