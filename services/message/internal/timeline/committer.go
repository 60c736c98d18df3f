package timeline

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
)

// Bounds of the committer.
const (
	maxQueue  = 16384                 // drafts that wait; beyond it a send is refused
	maxBatch  = 2048                  // drafts in one transaction
	patience  = 10 * time.Second      // how long a draft waits for a held head or a broken database
	heldPause = 2 * time.Millisecond  // before a batch is tried again of which every head was held
	downPause = 50 * time.Millisecond // before a batch is tried again that the database did not take
)

// Stats hears what the committer does. Its methods must not block.
type Stats interface {
	// Committed says how many drafts a transaction took, and how long.
	Committed(drafts int, took time.Duration)
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

	mu     sync.Mutex
	queue  []*pending // in the order of arrival
	wake   chan struct{}
	closed bool
}

type pending struct {
	draft  *Draft
	giveUp time.Time
	done   func(Message, error)
}

// submit queues a checked draft. done is called once, from the writer, and
// must not block.
func (c *committer) submit(d *Draft, done func(Message, error)) {
	c.mu.Lock()
	if c.closed || len(c.queue) >= maxQueue {
		c.mu.Unlock()
		done(Message{}, fault.New(fault.Unavailable, "busy", "too many messages are waiting, try again"))
		return
	}
	c.queue = append(c.queue, &pending{d, c.now().Add(patience), done})
	c.mu.Unlock()
	c.ring()
}

func (c *committer) ring() {
	select {
	case c.wake <- struct{}{}:
	default: // it is awake already
	}
}

// run commits until ctx ends, then what is still queued.
func (c *committer) run(ctx context.Context) error {
	// A transaction that has begun is finished, also while the process stops.
	work := context.WithoutCancel(ctx)
	for {
		batch := c.take()
		if len(batch) == 0 {
			select {
			case <-c.wake:
				continue
			case <-ctx.Done():
			}
			c.mu.Lock()
			c.closed = true
			c.mu.Unlock()
			for batch = c.take(); len(batch) > 0; batch = c.take() {
				c.commit(work, batch)
			}
			return nil
		}
		if pause := c.commit(work, batch); pause > 0 {
			select {
			case <-time.After(pause):
			case <-c.wake: // others can be served meanwhile
			}
		}
	}
}

func (c *committer) take() []*pending {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := min(len(c.queue), maxBatch)
	batch := c.queue[:n:n]
	c.queue = c.queue[n:]
	if len(c.queue) == 0 {
		c.queue = nil // let go of the array
	}
	return batch
}

// putBack returns drafts to the front, so that those of one conversation keep
// their order.
func (c *committer) putBack(batch []*pending) {
	c.mu.Lock()
	c.queue = append(batch, c.queue...)
	c.mu.Unlock()
}

// commit writes one batch and answers its drafts. It returns how long to wait
// before the next one if no progress was made.
func (c *committer) commit(ctx context.Context, batch []*pending) time.Duration {
	outcomes, err := c.write(ctx, batch)
	if err != nil && isRefusal(err) && len(batch) > 1 {
		// One draft that the database does not take must not fail the others.
		for _, p := range batch {
			c.commit(ctx, []*pending{p})
		}
		return 0
	}
	if err != nil {
		c.log.ErrorContext(ctx, "batch was not committed", "drafts", len(batch), "err", err)
		c.later(batch, fault.Wrap(err, fault.Unavailable, "unavailable", "the database is not available, try again"))
		return downPause
	}
	var fresh []Message
	var held []*pending
	for i, p := range batch {
		o := outcomes[i]
		switch {
		case errors.Is(o.Err, ErrHeld):
			held = append(held, p)
			continue
		case o.Fresh:
			fresh = append(fresh, o.Message)
		}
		p.done(o.Message, o.Err)
	}
	if len(fresh) > 0 {
		c.announce(fresh)
	}
	c.later(held, ErrHeld)
	if len(held) == len(batch) {
		return heldPause
	}
	return 0
}

func (c *committer) write(ctx context.Context, batch []*pending) ([]Outcome, error) {
	drafts := make([]*Draft, len(batch))
	for i, p := range batch {
		drafts[i] = p.draft
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	begin := c.now()
	outcomes, err := c.store.Commit(ctx, drafts, begin.UTC().Truncate(time.Microsecond))
	if err == nil {
		c.stats.Committed(len(drafts), c.now().Sub(begin))
	}
	return outcomes, err
}

// later puts drafts back, except for those whose time is up.
func (c *committer) later(batch []*pending, reason error) {
	var back []*pending
	now := c.now()
	overdue := make(map[id.Conversation]bool)
	for _, p := range batch {
		// Once one of a conversation is given up, so are those behind it:
		// otherwise they would be committed in another order.
		if conversation := p.draft.Conversation(); overdue[conversation] || now.After(p.giveUp) {
			overdue[conversation] = true
			p.done(Message{}, reason)
			continue
		}
		back = append(back, p)
	}
	if len(back) > 0 {
		c.putBack(back)
	}
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
