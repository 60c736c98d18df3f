package hub

import (
	"context"
	"time"

	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	"github.com/lair-chat/lair/services/gateway/internal/frame"
)

// run delivers what is in order, waits a moment for what is missing, and then
// reads it from the database. It returns when nothing is left to do.
func (s *stream) run() {
	ctx := s.hub.work
	for ctx.Err() == nil {
		events, typing, pause, done := s.take()
		switch {
		case done:
			return
		case pause > 0:
			s.sleep(ctx, pause)
		case len(typing) > 0:
			s.deliverTyping(ctx, typing)
		case len(events) > 0:
			s.deliver(ctx, events)
		default:
			if !s.heal(ctx) {
				s.sleep(ctx, jitter(retry))
			}
		}
	}
	s.mu.Lock()
	s.runs = false
	s.mu.Unlock()
}

// take returns the events that are next, or how long to wait for them. All
// zero means that they are to be read from the database.
func (s *stream) take() (events []*Event, typing []*eventv1.Typing, pause time.Duration, done bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.early) > 0 && s.early[0].Seq() <= s.head {
		s.early = s.early[1:]
	}
	n := 0
	for n < len(s.early) && s.early[n].Seq() == s.head+int64(n)+1 {
		n++
	}
	switch {
	case s.gone:
		s.runs = false
		return nil, nil, 0, true
	case n > 0:
		events = s.early[:n:n]
		s.early = s.early[n:]
		if len(s.early) == 0 {
			s.early = nil // let go of the array
		}
		s.since = time.Time{}
		return events, nil, 0, false
	case len(s.typing) > 0:
		typing, s.typing = s.typing, nil
		return nil, typing, 0, false
	case s.heard <= s.head:
		s.since = time.Time{}
		s.runs = false
		return nil, nil, 0, true
	}
	if s.since.IsZero() {
		s.since = time.Now()
	}
	if wait := hold - time.Since(s.since); wait > 0 && len(s.early) > 0 {
		return nil, nil, wait, false
	}
	return nil, nil, 0, false
}

func (s *stream) sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(min(d, 10*time.Millisecond+d/4))
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// heal reads what is missing and reports whether it could.
func (s *stream) heal(ctx context.Context) bool {
	s.mu.Lock()
	head := s.head
	s.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	page, err := s.hub.needs.Source.Events(ctx, s.key, head, healPage)
	if err != nil {
		if ctx.Err() == nil {
			s.hub.needs.Log.WarnContext(ctx, "events were not read", "topic", s.key.Topic(), "after", head, "err", err)
		}
		return false
	}
	if page.Reset {
		s.reset(page.Head)
		return true
	}
	if len(page.Events) == 0 {
		// Somebody spoke of a position that is not in the database: it was
		// mistaken, or this is an older copy. The next bell will tell.
		s.mu.Lock()
		s.heard, s.early = s.head, nil
		s.mu.Unlock()
		return true
	}
	s.hub.needs.Stats.Healed(len(page.Events))
	s.hear(page.Events, page.Head)
	return true
}

// reset goes on from another position, and tells the clients that asked to
// resume: what they have cannot be continued.
func (s *stream) reset(head int64) {
	v := s.hub.needs.Encoder.Reset(s.key, head)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.head, s.heard, s.early, s.since = head, head, nil, time.Time{}
	for i := range s.subs {
		s.subs[i].next = head + 1
		if f := s.subs[i].client.Form(); f.Resumes() {
			s.subs[i].client.Push(f.Encode(v))
		}
	}
}

// deliver brings events, which are the next ones, to all clients. What is
// delivered at once is one buffer and one write for each client.
func (s *stream) deliver(ctx context.Context, events []*Event) {
	type encoded struct {
		v     any
		plain bool
	}
	frames := make([]encoded, len(events))
	for i, e := range events {
		frames[i].v, frames[i].plain = s.hub.needs.Encoder.Event(ctx, e)
	}
	s.mu.Lock()
	var whole frame.Batch
	for _, f := range frames {
		whole.Add(f.v, f.plain, s.wanted)
	}
	first, last := events[0].Seq(), events[len(events)-1].Seq()
	clients := 0
	for i := range s.subs {
		x := &s.subs[i]
		switch {
		case x.next == 0 || x.next > last:
			continue // is being brought up, or has all this
		case x.next <= first:
			x.client.Push(whole.Bytes(x.client.Form()))
		default:
			var part frame.Batch
			for _, f := range frames[x.next-first:] {
				part.Add(f.v, f.plain, s.wanted)
			}
			x.client.Push(part.Bytes(x.client.Form()))
		}
		x.next = last + 1
		clients++
	}
	s.head = last
	s.afterwards(events)
	s.mu.Unlock()
	s.hub.needs.Stats.Delivered(len(events), clients, time.Since(time.UnixMicro(events[0].at())))
}

// afterwards does what events mean for who follows what.
func (s *stream) afterwards(events []*Event) {
	for _, e := range events {
		if user, ok := e.left(); ok {
			for i := len(s.subs) - 1; i >= 0; i-- {
				if s.subs[i].ends(user, e.Seq()) {
					s.drop(i)
				}
			}
		}
		if c, first, ok := e.Added(); ok {
			for _, x := range s.subs {
				if x.next > 0 {
					go x.client.Added(c, first)
				}
			}
		}
	}
}

func (s *stream) deliverTyping(ctx context.Context, typing []*eventv1.Typing) {
	s.mu.Lock()
	wanted := s.wanted
	s.mu.Unlock()
	var batch frame.Batch
	for _, t := range typing {
		batch.Add(s.hub.needs.Encoder.Typing(ctx, t), true, wanted)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range s.subs {
		x.client.PushPassing(batch.Bytes(x.client.Form()))
	}
}
