package lair

import (
	"context"
	"iter"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lair-chat/lair/pkg/id"
)

// Link is a live connection that heals itself. Its methods may be called by any
// goroutine. It has two goroutines of its own, three while it moves, and keeps
// the events that were not taken, the requests that were not answered (at most
// 256), and a few numbers for each conversation.
type Link struct {
	opts  Options
	dial  func(context.Context) (transport, error)
	ctx   context.Context // ends when the link is to end
	stop  context.CancelFunc
	done  chan struct{} // closed when the link has ended
	err   error         // why; written before done is closed
	have  *tracker      // used by whoever connects: Dial, then run
	queue chan Event    // what was received and not yet taken
	slots chan struct{} // one for each request that is not answered
	ids   atomic.Uint64 // the last request id

	mu      sync.Mutex
	taken   Positions
	token   string
	source  sync.Mutex // held while the token source is asked
	calls   []*call    // not answered, in the order in which they were made
	byID    map[string]*call
	live    *session // nil while there is none
	closing bool
	ended   bool
}

// maxCalls is how many requests may be without an answer.
const maxCalls = 256

// Dial connects, authenticates and resumes, and returns a link that is live. It
// makes one attempt, and a second one when the server refuses the token and
// there is a TokenSource. The context bounds Dial, not the link.
func Dial(ctx context.Context, o Options) (*Link, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	dial, err := o.dialer()
	if err != nil {
		return nil, err
	}
	l := &Link{
		opts: o, dial: dial, token: o.Token,
		done:  make(chan struct{}),
		have:  newTracker(o.Positions),
		taken: o.Positions.clone(),
		queue: make(chan Event, o.Buffer),
		slots: make(chan struct{}, maxCalls),
		byID:  make(map[string]*call),
	}
	l.ctx, l.stop = context.WithCancel(context.WithoutCancel(ctx))
	o.OnState(State{Phase: Connecting})
	s, err := l.open(ctx)
	if err != nil {
		l.stop()
		o.OnState(State{Phase: Closed, Err: err})
		return nil, err
	}
	l.live = s // so that what is asked for at once is not taken for too early
	go l.run(s)
	return l, nil
}

// Next returns the next event. It waits for one until ctx ends, and returns
// ctx.Err(), or until the link ends, and returns why: ErrClosed, or what the
// server refused for good. Events that came before the end are still returned.
func (l *Link) Next(ctx context.Context) (Event, error) {
	select {
	case e := <-l.queue:
		return l.took(e), nil
	default:
	}
	select {
	case e := <-l.queue:
		return l.took(e), nil
	case <-ctx.Done():
		return Event{}, ctx.Err()
	case <-l.done:
	}
	select { // the last ones may have come together with the end
	case e := <-l.queue:
		return l.took(e), nil
	default:
		return Event{}, l.err
	}
}

func (l *Link) took(e Event) Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.taken.took(e)
	return e
}

// Events returns all events until the link ends; Err then says why. To take
// them in several loops or goroutines is allowed: each event comes once.
func (l *Link) Events() iter.Seq[Event] {
	return func(yield func(Event) bool) {
		for {
			e, err := l.Next(context.Background())
			if err != nil || !yield(e) {
				return
			}
		}
	}
}

// Positions returns how far the events were taken with Next or Events. An event
// counts from the moment it was handed out: a program that must not lose any
// stores the positions when it is done with the event, before the next one.
func (l *Link) Positions() Positions {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.taken.clone()
}

// Done is closed when the link has ended.
func (l *Link) Done() <-chan struct{} { return l.done }

// Err returns why the link ended, and nil while it has not.
func (l *Link) Err() error {
	select {
	case <-l.done:
		return l.err
	default:
		return nil
	}
}

// Close ends the link and waits until all of its goroutines are gone, or ctx
// ends, whose error it then returns. What was not answered ends with ErrClosed,
// together with ErrUnanswered if it had gone out. Close may be called again.
func (l *Link) Close(ctx context.Context) error {
	l.mu.Lock()
	l.closing = true
	s := l.live
	l.mu.Unlock()
	if s != nil {
		leave, cancel := context.WithTimeout(ctx, time.Second)
		s.t.bye(leave)
		cancel()
	}
	l.stop()
	select {
	case <-l.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *Link) isClosing() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closing || l.ctx.Err() != nil
}

// adopt notes heads that the server named.
func (l *Link) adopt(heads Positions) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c, seq := range heads.Conversations {
		if _, ok := l.taken.Conversations[c]; !ok {
			l.taken.Conversations[c] = seq
		}
	}
	if heads.UserSeq != nil && l.taken.UserSeq == nil {
		l.taken.UserSeq = heads.UserSeq
	}
}

func newMsgID() string { return id.New().String() }
