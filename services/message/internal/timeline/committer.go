package timeline

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
)

// Bounds of the committer.
const (
	maxQueue  = 16384                 // drafts without an answer; beyond it a send is refused
	maxBatch  = 2048                  // drafts in one transaction
	patience  = 10 * time.Second      // how long a draft waits for a held head or a broken database
	heldPause = 2 * time.Millisecond  // before a batch is tried again of which every head was held
	downPause = 50 * time.Millisecond // before a batch is tried again that the database did not take
)

// Stats hears what the committer does. Its methods must not block.
type Stats interface {
	// Committed says how many drafts a transaction took, how long the one that
	// came first had waited for it, and how long it took. ctx is in its span, if it
	// has one.
	Committed(ctx context.Context, drafts int, waited, took time.Duration)
}

// Traces shows transactions in the traces of the drafts that are in them.
type Traces interface {
	// Commit begins the span of a transaction. The parents are those of its drafts
	// that have one; there is at least one. The returned function ends the span.
	Commit(ctx context.Context, parents [][]byte) (context.Context, func(error))
}

// committer is the group commit: one writer that takes whatever has arrived
// while the last transaction ran and commits it in the next. There is no
// timer: a lone draft is committed at once, and the more arrive the larger the
// batches become.
type committer struct {
	store    Store
	announce func([]Message)
	now      func() time.Time
	log      *slog.Logger
	stats    Stats
	traces   Traces // nil makes none

	waiting atomic.Int64 // drafts without an answer
	backlog backlog      // only the writer uses it
	failure failure      // likewise

	mu     sync.Mutex
	queue  []*pending // what arrived since the last batch
	wake   chan struct{}
	closed bool
}

type pending struct {
	draft        *Draft
	conversation id.Conversation
	giveUp       time.Time
	done         func(Message, error)
	// reason says why it was not committed at the last try.
	reason   error
	answered bool
}

func (p *pending) answer(m Message, err error) {
	p.answered = true
	p.done(m, err)
}

// submit queues a checked draft. done is called once, from the writer, and
// must not block.
func (c *committer) submit(d *Draft, done func(Message, error)) {
	p := &pending{draft: d, conversation: d.Conversation(), giveUp: c.now().Add(patience), done: done}
	if !c.enqueue(p) {
		done(Message{}, fault.New(fault.Unavailable, "busy", "too many messages are waiting, try again"))
		return
	}
	c.ring()
}

func (c *committer) enqueue(p *pending) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.waiting.Load() >= maxQueue {
		return false
	}
	c.waiting.Add(1)
	c.queue = append(c.queue, p)
	return true
}

func (c *committer) ring() {
	select {
	case c.wake <- struct{}{}:
	default: // it is awake already
	}
}

// run commits until ctx ends, then what is still waiting.
func (c *committer) run(ctx context.Context) error {
	// A transaction that has begun is finished, also while the process stops.
	work := context.WithoutCancel(ctx)
	for {
		batch := c.take()
		if len(batch) == 0 {
			select {
			case <-c.wake:
			case <-ctx.Done():
				if c.close() {
					return nil
				}
			}
			continue
		}
		if pause := c.commit(work, batch); pause > 0 {
			select {
			case <-time.After(pause):
			case <-c.wake: // others can be served meanwhile
			}
		}
	}
}

// close refuses further drafts, and reports whether none has arrived.
func (c *committer) close() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	return len(c.queue) == 0
}

// take returns the next batch, and gives up those whose time is up.
func (c *committer) take() []*pending {
	c.mu.Lock()
	arrived := c.queue
	c.queue = nil
	c.mu.Unlock()
	c.backlog.add(arrived)
	for _, p := range c.backlog.expire(c.now()) {
		p.answer(Message{}, p.reason)
		c.waiting.Add(-1)
	}
	return c.backlog.next(maxBatch)
}

// commit writes one batch and answers its drafts. It returns how long to wait
// before the next one if no progress was made.
func (c *committer) commit(ctx context.Context, batch []*pending) time.Duration {
	away := c.try(ctx, batch)
	answered := c.backlog.settle(batch)
	c.waiting.Add(-int64(answered))
	switch {
	case away:
		return downPause
	case answered == 0:
		return heldPause
	}
	return 0
}

// try writes a batch and answers those drafts whose fate is decided. It reports
// whether the database is away.
func (c *committer) try(ctx context.Context, batch []*pending) (away bool) {
	outcomes, err := c.write(ctx, batch)
	switch {
	case err == nil:
		c.answer(batch, outcomes)
		return false
	case isRefusal(err) && len(batch) > 1:
		return c.tryEach(ctx, batch)
	}
	if c.failure.news(err, c.now()) {
		c.log.ErrorContext(ctx, "batch was not committed", "drafts", len(batch), "err", err)
	}
	if isRefusal(err) {
		batch[0].answer(Message{}, fault.Wrap(err, fault.Internal, "internal_error", "the message could not be stored"))
		return false
	}
	for _, p := range batch {
		p.reason = errAway(err)
	}
	return true
}

// tryEach writes the drafts of a batch one by one: one that the database does
// not take must not fail the others. Nor may they overtake one that has to
// wait.
func (c *committer) tryEach(ctx context.Context, batch []*pending) (away bool) {
	waits := make(map[id.Conversation]error)
	for i, p := range batch {
		if p.reason = waits[p.conversation]; p.reason != nil {
			continue
		}
		if c.try(ctx, batch[i:i+1]) {
			for _, rest := range batch[i:] {
				rest.reason = p.reason
			}
			return true
		}
		if !p.answered {
			waits[p.conversation] = p.reason
		}
	}
	return false
}

// answer tells what became of a batch. Drafts whose heads are held have to
// wait.
func (c *committer) answer(batch []*pending, outcomes []Outcome) {
	var fresh []Message
	for i, p := range batch {
		o := outcomes[i]
		switch {
		case errors.Is(o.Err, ErrHeld):
			p.reason = o.Err
			continue
		case o.Fresh:
			o.Message.Origin = p.draft.Origin
			fresh = append(fresh, o.Message)
		}
		p.answer(o.Message, o.Err)
	}
	if len(fresh) > 0 {
		c.announce(fresh)
	}
}

func (c *committer) write(ctx context.Context, batch []*pending) ([]Outcome, error) {
	drafts := make([]*Draft, len(batch))
	for i, p := range batch {
		drafts[i] = p.draft
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	begin := c.now()
	ctx, end := c.trace(ctx, drafts)
	outcomes, err := c.store.Commit(ctx, drafts, begin.UTC().Truncate(time.Microsecond))
	if err == nil {
		c.stats.Committed(ctx, len(drafts), begin.Sub(oldest(batch)), c.now().Sub(begin))
	}
	end(err)
	return outcomes, err
}

// trace begins the span of a transaction, if one of its drafts has one.
func (c *committer) trace(ctx context.Context, drafts []*Draft) (context.Context, func(error)) {
	var parents [][]byte
	for _, d := range drafts {
		if d.Origin.Trace != nil {
			parents = append(parents, d.Origin.Trace)
		}
	}
	if parents == nil || c.traces == nil {
		return ctx, func(error) {}
	}
	return c.traces.Commit(ctx, parents)
}

// oldest returns when the first draft of a batch arrived. They are not always in
// the order of their arrival: some have waited for a head.
func oldest(batch []*pending) time.Time {
	first := batch[0].giveUp
	for _, p := range batch[1:] {
		if p.giveUp.Before(first) {
			first = p.giveUp
		}
	}
	return first.Add(-patience)
}

// isRefusal reports whether the database looked at the batch and refused it,
// so that trying its drafts one by one is of use.
func isRefusal(err error) bool {
	e, ok := errors.AsType[interface {
		error
		SQLState() string
	}](err)
	if !ok {
		return false
	}
	class := e.SQLState()[:min(2, len(e.SQLState()))]
	return class == "22" || class == "23" // data exception, integrity constraint violation
}
