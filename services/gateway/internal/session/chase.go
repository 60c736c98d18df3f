package session

import (
	"context"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/rpc"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/gateway/internal/frame"
	"github.com/lair-chat/lair/services/gateway/internal/hub"
)

var errTooMany = fault.New(fault.Invalid, "validation_failed", "at most 10000 positions can be named")

// Source reads what a user has missed.
type Source interface {
	// Missed reads events after a position that the acting user may see. left
	// says that the user is no longer a member, and gets nothing after the head.
	Missed(ctx context.Context, k hub.Key, after int64, limit int) (p hub.Page, left bool, err error)
}

const (
	chasePage  = 200
	chaseTime  = 30 * time.Second // for one page, and for the client to read it
	chaseTries = 10
	chasePause = 200 * time.Millisecond
)

// chase is a sequence that the client is behind with.
type chase struct {
	key   hub.Key
	after int64 // what the client has
	head  int64 // where the sequence stood when the client came
}

// chase begins to bring the client what it is behind with. One goroutine does
// so for one sequence after the other, while there are any.
func (s *Session) chase(c chase) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return
	}
	s.chases = append(s.chases, c)
	if !s.chasing {
		s.chasing = true
		go s.catchUp()
	}
}

func (s *Session) catchUp() {
	for {
		s.mu.Lock()
		if len(s.chases) == 0 {
			s.chasing = false
			s.mu.Unlock()
			return
		}
		c := s.chases[0]
		s.chases = s.chases[1:]
		s.mu.Unlock()
		if err := s.bring(c); err != nil {
			// Closed, it comes back and says what it has; open, it would have a
			// hole and not know.
			s.fatal(clientv1.CodeUnavailable, "events cannot be read now, come back and resume")
			return
		}
	}
}

// bring pushes page after page, as fast as the client reads, until the client
// is live or the sequence has ended for it.
func (s *Session) bring(c chase) error {
	for !s.hasEnded() {
		page, left, err := s.missed(c)
		if err != nil {
			return err
		}
		if page.Reset {
			c.after = page.Head
			if s.Form().Resumes() {
				s.reply(s.gate.needs.Encoder.Reset(c.key, page.Head))
			}
		}
		if err := s.show(&c, page.Events); err != nil {
			return err
		}
		if c.after < page.Head {
			if len(page.Events) == 0 { // an older copy of the database
				time.Sleep(chasePause)
			}
			continue
		}
		if left {
			if s.gate.needs.Hub.Leave(s, c.key, c.after) {
				return nil
			}
			continue // the user is back
		}
		switch s.gate.needs.Hub.Promote(s, c.key, c.after+1) {
		case hub.Live:
			return nil
		case hub.Detached:
			// The user has left meanwhile, which the next page says; if it came
			// back, that was the beginning of another chase.
			if len(page.Events) == 0 {
				return nil
			}
		case hub.Behind:
		}
	}
	return nil
}

// missed reads the next page, and tries again for a while.
func (s *Session) missed(c chase) (page hub.Page, left bool, err error) {
	for range chaseTries {
		ctx, cancel := context.WithTimeout(context.Background(), chaseTime)
		ctx = rpc.WithActor(ctx, rpc.Actor{User: s.user, Session: s.login})
		page, left, err = s.gate.needs.Source.Missed(ctx, c.key, c.after, chasePage)
		cancel()
		if err == nil || s.hasEnded() {
			return page, left, err
		}
		if fault.CodeOf(err) == "not_room_member" {
			return hub.Page{Head: c.after}, true, nil
		}
		time.Sleep(chasePause)
	}
	return page, left, err
}

// show pushes events when the client has read what was pushed before.
func (s *Session) show(c *chase, events []*hub.Event) error {
	if len(events) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), chaseTime)
	defer cancel()
	var wanted [frame.Forms]int
	wanted[s.Form()] = 1
	var batch frame.Batch
	for _, e := range events {
		v, plain := s.gate.needs.Encoder.Event(ctx, e)
		batch.Add(v, plain, wanted)
	}
	if err := s.link.Drained(ctx); err != nil {
		return err
	}
	s.push(batch.Bytes(s.Form()))
	c.after = events[len(events)-1].Seq()
	for _, e := range events {
		// Conversations that were added before the client came are in the list
		// that it got; later ones are news.
		if added, first, ok := e.Added(); ok && e.Seq() > c.head {
			s.Added(added, first)
		}
	}
	return nil
}
