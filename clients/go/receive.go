package lair

import (
	"errors"

	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

var (
	errMoved = errors.New("everything was answered before the move")
	errStale = errors.New("the session has ended, a new token is needed")
)

// handle takes in one frame. An error ends the connection, not the link.
func (l *Link) handle(s *session, f frame) error {
	switch {
	case f.Type == clientv1.TypePong:
		l.ponged(s, f.raw)
		return nil
	case f.isResponse(), f.Type == clientv1.TypeError && f.RequestID != nil:
		return l.answered(s, f)
	case f.Type == clientv1.TypeError:
		l.opts.Log.Warn("server reported an error", "err", refused(f.raw))
	}
	e := f.event()
	switch {
	case !l.opts.resumes():
		e.stands = false
		return l.deliver(e)
	case f.Type == clientv1.TypeReset:
		l.have.reset(e)
		return l.deliver(e)
	case !e.Durable():
		return l.deliver(e)
	}
	fresh, err := l.have.accept(e)
	if !fresh || err != nil {
		return err
	}
	if f.Type == clientv1.TypeConversationAdded {
		return l.added(e, f.FirstSeq)
	}
	return l.deliver(e)
}

// added hands out the event that says that a conversation began.
func (l *Link) added(e Event, first int64) error {
	at, repeat, hole := l.have.added(e.Conversation, first)
	e.stands, e.at = true, at
	if err := l.deliver(e); err != nil {
		return err
	}
	if repeat {
		if err := l.deliver(resetEvent(e.Conversation, at)); err != nil {
			return err
		}
	}
	return hole
}

// answered takes in the answer to a request.
func (l *Link) answered(s *session, f frame) error {
	refusal := refused(f.raw)
	code := Code(refusal)
	l.mu.Lock()
	defer l.mu.Unlock()
	if f.RequestID == nil {
		return nil
	}
	c := l.byID[*f.RequestID]
	if c == nil || c.on != s {
		return nil // nobody waits for it any more
	}
	switch {
	case stale(code) && l.opts.TokenSource != nil:
		// Not carried out, for sure: it is sent again with the new token.
		c.on, l.token = nil, ""
		return errStale
	case c.kind == sending && temporary(code):
		l.postpone(c, retryAfter(refusal))
		s.kick()
	default:
		l.finish(c, f.raw, refusal)
	}
	if s.draining && l.unanswered(s) == 0 {
		return errMoved
	}
	return nil
}

// ponged takes in the answer to the oldest ping: pongs have no request id.
func (l *Link) ponged(s *session, raw []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(s.pings) == 0 {
		return
	}
	c := s.pings[0]
	s.pings = s.pings[1:]
	if c != nil && c.on == s {
		l.finish(c, raw, nil)
	}
}
