package hub

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/tracing"
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
			s.heal(ctx)
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
		if _, left := s.early[n-1].left(); left {
			break // whoever left gets nothing of what follows
		}
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
		s.due = time.Time{}
		return events, nil, 0, false
	case len(s.typing) > 0:
		typing, s.typing = s.typing, nil
		return nil, typing, 0, false
	case s.heard <= s.head:
		s.due = time.Time{}
		s.runs = false
		return nil, nil, 0, true
	}
	if s.due.IsZero() && len(s.early) > 0 {
		s.due = time.Now().Add(hold)
	}
	return nil, nil, max(0, time.Until(s.due)), false
}

// sleep waits for d or a part of it: what is missing may come meanwhile.
func (s *stream) sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(min(d, 10*time.Millisecond+d/4))
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// heal reads what is missing. If it cannot, it is to be tried again later.
func (s *stream) heal(ctx context.Context) {
	s.mu.Lock()
	head, heard := s.head, s.heard
	s.mu.Unlock()
	call, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	page, err := s.hub.needs.Source.Events(call, s.key, head, healPage)
	switch {
	case err != nil:
		if ctx.Err() == nil {
			s.hub.needs.Log.WarnContext(ctx, "events were not read", "topic", s.key.Topic(), "after", head, "err", err)
		}
		s.mu.Lock()
		s.due = time.Now().Add(jitter(retry))
		s.mu.Unlock()
	case page.Reset:
		s.reset(page.Head)
	case len(page.Events) == 0:
		s.forget(heard)
	default:
		s.hub.needs.Stats.Healed(len(page.Events))
		s.hear(page.Events, page.Head)
	}
}

// forget is for a position that somebody spoke of and that is not in the
// database: it was mistaken, or this is an older copy. The next bell will tell.
// What was heard while the database was read is not forgotten.
func (s *stream) forget(heard int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := len(s.early) > 0 && s.early[0].Seq() == s.head+1
	if s.heard == heard && !next {
		s.heard, s.early = s.head, nil
	}
}

// reset goes on from another position, and tells the clients that asked to
// resume: what they have cannot be continued. Those that are behind hear it from
// whoever brings them up.
func (s *stream) reset(head int64) {
	v := s.hub.needs.Encoder.Reset(s.key, head)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.head, s.early, s.due = head, nil, time.Time{}
	for i := range s.subs {
		x := &s.subs[i]
		if x.next == 0 {
			continue
		}
		x.next = head + 1
		if f := x.client.Form(); f.Resumes() {
			x.client.Push(f.Encode(v))
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
	ctx, span := s.span(ctx, events)
	defer span.End()
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
	var additions []addition
	for i := range s.subs {
		x := &s.subs[i]
		if x.next == 0 || x.next > last {
			continue // is being brought up, or has all this
		}
		from, batch := max(0, x.next-first), &whole
		if from > 0 {
			batch = &frame.Batch{}
			for _, f := range frames[from:] {
				batch.Add(f.v, f.plain, s.wanted)
			}
		}
		x.client.Push(batch.Bytes(x.client.Form()))
		additions = append(additions, s.additions(x.client, events[from:])...)
		x.next = last + 1
		clients++
	}
	s.head = last
	s.end(events[len(events)-1])
	s.mu.Unlock()
	for _, a := range additions {
		a.client.Added(a.conversation, a.first)
	}
	// Another machine has said when it began, and its clock may be ahead.
	took := max(0, time.Since(time.UnixMicro(events[0].begun())))
	s.hub.needs.Stats.Delivered(ctx, len(events), clients, took)
}

// span begins the span of a delivery in the trace of whoever sent the first message
// of it, if that is sampled.
func (s *stream) span(ctx context.Context, events []*Event) (context.Context, trace.Span) {
	var parents [][]byte
	for _, e := range events {
		if p := e.Conversation.GetTrace(); len(p) > 0 {
			parents = append(parents, p)
		}
	}
	return tracing.Join(ctx, s.hub.needs.Tracer, "deliver", parents)
}

// end drops the clients of the user who left with the event, if it is such, or
// all who have got so far, if there is nothing after it.
func (s *stream) end(e *Event) {
	user, ok := e.left()
	if !ok && !e.last() {
		return
	}
	for i := len(s.subs) - 1; i >= 0; i-- {
		if e.last() && s.subs[i].next == e.Seq()+1 || ok && s.subs[i].ends(user, e.Seq()) {
			s.drop(i)
		}
	}
}

// addition is what a client is told when its user is now part of a
// conversation. It is told without the lock of the stream, because it attaches
// itself, and before the next event.
type addition struct {
	client       Client
	conversation id.Conversation
	first        int64
}

// additions returns what the events, which the client just got, add.
func (s *stream) additions(client Client, events []*Event) []addition {
	if !s.key.ofUser {
		return nil
	}
	var list []addition
	for _, e := range events {
		if c, first, ok := e.Added(); ok {
			list = append(list, addition{client, c, first})
		}
	}
	return list
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
