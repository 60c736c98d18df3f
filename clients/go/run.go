package lair

import (
	"context"
	"fmt"
	"sync"
	"time"

	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

const (
	// steady is how long a connection has to live to count as a success, after
	// which the pauses begin small again. Without it a server that lets in and
	// then fails at once would be dialled without a pause.
	steady = 10 * time.Second
	// maxMove bounds how long the server may let a client wait before it moves.
	maxMove = 10 * time.Minute
	// drain is how long a connection that is to be left may still answer.
	drain = 2 * time.Second
)

// run owns the link: it serves one connection after the other until Close, or
// until connecting again cannot help.
func (l *Link) run(s *session) {
	err := l.heal(s)
	l.stop()
	l.mu.Lock()
	l.err, l.ended = err, true
	for len(l.calls) > 0 {
		l.finish(l.calls[0], nil, l.calls[0].lost(err))
	}
	l.mu.Unlock()
	l.opts.Log.Info("link ended", "err", err)
	l.opts.OnState(State{Phase: Closed, Err: err})
	close(l.done)
}

func (l *Link) heal(s *session) error {
	wait := l.opts.backoff()
	for {
		began := time.Now()
		next, err := l.serve(s)
		if l.isClosing() {
			if next != nil {
				next.stop()
			}
			return ErrClosed
		}
		if time.Since(began) >= steady {
			wait.reset()
		}
		if next != nil {
			if err = l.resume(l.ctx, next); err == nil {
				l.opts.Log.Info("link moved")
				s = next
				continue
			}
		}
		if s, err = l.reconnect(wait, err); err != nil {
			return err
		}
	}
}

// reconnect tries until it has a session. The error is the end of the link.
func (l *Link) reconnect(wait *backoff, cause error) (*session, error) {
	for {
		d := wait.next()
		l.opts.Log.Info("link lost", "err", cause, "wait", d)
		l.opts.OnState(State{Phase: Waiting, Err: cause, Wait: d})
		if !pause(l.ctx, d) {
			return nil, ErrClosed
		}
		l.opts.OnState(State{Phase: Connecting})
		s, err := l.open(l.ctx)
		switch {
		case err == nil:
			return s, nil
		case l.isClosing():
			return nil, ErrClosed
		case definite(err):
			return nil, err
		}
		cause = err
	}
}

// serve lives with one connection until it ends, and says why. If the server
// asked the client to move, next is a session that has not been resumed yet.
func (l *Link) serve(s *session) (next *session, err error) {
	l.mu.Lock()
	l.live = s
	l.mu.Unlock()
	l.opts.OnState(State{Phase: Live})
	var running sync.WaitGroup
	running.Go(func() { l.write(s) })
	err = l.read(s, &running)
	s.stop()
	running.Wait()

	l.mu.Lock()
	defer l.mu.Unlock()
	l.live = nil
	l.orphan(s)
	return s.next, err
}

// read takes in what comes until the connection is over.
func (l *Link) read(s *session, running *sync.WaitGroup) error {
	for _, e := range s.resets {
		if err := l.deliver(e); err != nil {
			return err
		}
	}
	s.resets = nil
	for {
		raw, err := s.receive()
		if err != nil {
			return fmt.Errorf("the connection is lost: %w", err)
		}
		f, err := decodeFrame(raw)
		if err != nil {
			return err
		}
		if f.Type == clientv1.TypeReconnect {
			if !s.moving {
				s.moving = true
				after := time.Duration(min(max(f.AfterMS, 0), maxMove.Milliseconds())) * time.Millisecond
				running.Go(func() { l.move(s, after) })
			}
			continue
		}
		if err := l.handle(s, f); err != nil {
			return err
		}
	}
}

// move opens a second connection before the first is left. Only then does the
// first stop taking requests; it may answer what it has for a little longer.
func (l *Link) move(s *session, after time.Duration) {
	wait := l.opts.backoff()
	for d := after; pause(s.ctx, d); d = wait.next() {
		next, err := l.connect(s.ctx)
		if err != nil {
			l.opts.Log.Info("link not moved yet", "err", err)
			continue
		}
		l.mu.Lock()
		s.next, s.draining = next, true
		idle := l.unanswered(s) == 0
		l.mu.Unlock()
		if !idle {
			pause(s.ctx, drain)
		}
		s.stop()
		return
	}
}

// deliver hands an event to the program, however long it takes to read: nothing
// else is read from the connection meanwhile.
func (l *Link) deliver(e Event) error {
	select {
	case l.queue <- e:
		return nil
	default:
	}
	select {
	case l.queue <- e:
		return nil
	case <-l.ctx.Done():
		return context.Cause(l.ctx)
	}
}
