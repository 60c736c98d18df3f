package timeline

import (
	"slices"
	"time"

	"github.com/lair-chat/lair/pkg/id"
)

// backlog has the drafts that wait for the writer. Those of one conversation
// keep their order. While the first of them cannot be committed, the others
// are kept apart: a crowd before one held head must not take the places in a
// batch from other conversations, nor be looked at again and again.
type backlog struct {
	ready  []*pending
	parked map[id.Conversation][]*pending // behind a first that was tried
}

func newBacklog() backlog { return backlog{parked: make(map[id.Conversation][]*pending)} }

func (b *backlog) add(list []*pending) {
	if len(b.ready) == 0 && len(b.parked) == 0 {
		b.ready = list
		return
	}
	for _, p := range list {
		if line, ok := b.parked[p.conversation]; ok {
			b.parked[p.conversation] = append(line, p)
		} else {
			b.ready = append(b.ready, p)
		}
	}
}

// expire removes the drafts whose time is up. Once one of a conversation is
// given up, so are all behind it, for the same reason: otherwise they would be
// committed in another order than they were sent.
func (b *backlog) expire(now time.Time) (late []*pending) {
	for c, line := range b.parked {
		if !now.After(line[0].giveUp) {
			continue
		}
		for _, p := range line {
			p.reason = line[0].reason
		}
		late = append(late, line...)
		delete(b.parked, c)
	}
	return late
}

// next returns a batch of at most n: the first of each parked line, to see whether it can
// be committed now, and what is ready. Its fate must be told by settle.
func (b *backlog) next(n int) []*pending {
	if len(b.parked) == 0 {
		return b.cut(n)
	}
	batch := make([]*pending, 0, min(n, len(b.parked)+len(b.ready)))
	for _, line := range b.parked {
		if len(batch) == n {
			break
		}
		batch = append(batch, line[0])
	}
	return append(batch, b.cut(n-len(batch))...)
}

// cut removes up to n drafts from the front of what is ready.
func (b *backlog) cut(n int) []*pending {
	n = min(n, len(b.ready))
	batch := b.ready[:n:n]
	if b.ready = b.ready[n:]; len(b.ready) == 0 {
		b.ready = nil // let go of the array
	}
	return batch
}

// settle parks the drafts of the batch that were not answered, and makes ready
// those that stood behind one that was. It returns how many were answered.
func (b *backlog) settle(batch []*pending) (answered int) {
	fresh := false
	for _, p := range batch {
		line := b.parked[p.conversation]
		first := len(line) > 0 && line[0] == p
		if p.answered {
			answered++
			if first {
				delete(b.parked, p.conversation)
				b.ready = slices.Concat(line[1:], b.ready)
			}
		} else if !first {
			b.parked[p.conversation] = append(line, p)
			fresh = true
		}
	}
	if fresh { // what is ready may belong to the new lines
		ready := b.ready
		b.ready = nil
		b.add(ready)
	}
	return answered
}
