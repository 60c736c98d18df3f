package hub_test

import (
	"fmt"
	"sync"
	"testing/synctest"
	"time"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/gateway/internal/frame"
	"github.com/lair-chat/lair/services/gateway/internal/hub"
)

// person uses one connection after the other, and says at the beginning of each
// what it has. It does what a session does.
type person struct {
	w    *world
	user id.User
	room hub.Key
	form frame.Form

	have   []int64 // positions of the room, in the order in which they came
	own    []int64 // positions of its own sequence
	conn   *client
	chases sync.WaitGroup
}

func newPerson(w *world, room hub.Key, form frame.Form) *person {
	return &person{w: w, user: id.User{UUID: id.New()}, room: room, form: form}
}

func last(list []int64) int64 {
	if len(list) == 0 {
		return 0
	}
	return list[len(list)-1]
}

// connect resumes from what the person has.
func (p *person) connect() {
	c := &client{t: p.w.t, user: p.user, form: p.form}
	c.added = func(x id.Conversation, first int64) { p.attach(c, hub.Conversation(x), first-1, first-1) }
	p.conn = c
	ownHead := p.w.journal.head(hub.User(p.user))
	head, left := p.w.journal.visible(p.room, p.user)
	switch has := last(p.have); {
	case !left:
		p.attach(c, p.room, has, head)
	case has < head: // it was part of the room until just before the head
		p.attach(c, p.room, has, head-1)
	}
	p.attach(c, hub.User(p.user), last(p.own), ownHead)
}

// disconnect ends the connection and keeps what came.
func (p *person) disconnect() {
	if p.conn == nil {
		return
	}
	c := p.conn
	p.conn = nil
	c.mu.Lock()
	c.ended = true
	c.mu.Unlock()
	p.w.Detach(c, p.room)
	p.w.Detach(c, hub.User(p.user))
	synctest.Wait() // nothing more is added
	p.chases.Wait()
	p.have = append(p.have, c.seqs(p.room)...)
	p.own = append(p.own, c.seqs(hub.User(p.user))...)
}

func (p *person) attach(c *client, k hub.Key, after, head int64) {
	if c.hasEnded() {
		return
	}
	if !p.w.Attach(c, k, after, head) {
		p.chase(c, k, after, head)
	}
	if c.hasEnded() {
		p.w.Detach(c, k)
	}
}

// chase brings the client what it is behind with.
func (p *person) chase(c *client, k hub.Key, after, head int64) {
	p.chases.Go(func() {
		for !c.hasEnded() {
			page, left := p.w.journal.missed(k, p.user, after, 3)
			for _, e := range page.Events {
				v, _ := p.w.encoder.Event(p.w.t.Context(), e)
				c.Push(c.form.Encode(v))
				after = e.Seq()
				if x, first, ok := e.Added(); ok && after > head {
					c.Added(x, first)
				}
			}
			time.Sleep(time.Millisecond) // the client reads
			switch {
			case after < page.Head:
			case left:
				if p.w.Leave(c, k, after) {
					return
				}
			case p.w.Promote(c, k, after+1) != hub.Behind:
				return
			}
		}
	})
}

// check says what is wrong with what the person has, now that all is quiet.
// There may be holes only between a departure and the return.
func (p *person) check(departures, returns map[int64]bool) error {
	head, left := p.w.journal.visible(p.room, p.user)
	for i, seq := range p.have {
		before := last(p.have[:i])
		if seq != before+1 && (!departures[before] || !returns[seq]) {
			return fmt.Errorf("%d came after %d: %v", seq, before, p.have)
		}
	}
	if got := last(p.have); got != head {
		return fmt.Errorf("the newest is %d, want %d (left: %v): %v", got, head, left, p.have)
	}
	for i, seq := range p.own {
		if seq != int64(i)+1 {
			return fmt.Errorf("own events %v came", p.own)
		}
	}
	if want := p.w.journal.head(hub.User(p.user)); last(p.own) != want {
		return fmt.Errorf("the newest own event is %d, want %d", last(p.own), want)
	}
	return nil
}
