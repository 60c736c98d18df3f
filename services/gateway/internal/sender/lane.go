package sender

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"google.golang.org/grpc"

	"github.com/lair-chat/lair/pkg/fault"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	messagev1 "github.com/lair-chat/lair/proto/message/v1"
)

// lane is one stream after the other.
type lane struct {
	service messagev1.MessageServiceClient
	log     *slog.Logger
	wake    chan struct{}

	mu     sync.Mutex
	closed bool
	ticket uint64
	// waiting holds the sends without an answer in the order of their tickets;
	// those before unsent are on the stream. A send that was answered before
	// one in front of it is nil until those in front are answered, too.
	waiting []*send
	first   uint64 // the ticket of waiting[0]
	unsent  int
	// open is how many sends in waiting are not nil. They alone count: one that
	// gets no answer must not make the stream seem full of those behind it.
	open int
}

type send struct {
	req    *messagev1.Draft
	done   Done
	giveUp time.Time
}

func (l *lane) submit(req *messagev1.Draft, done Done) {
	l.mu.Lock()
	if l.closed || l.open >= maxWaiting {
		l.mu.Unlock()
		done(clientv1.Message{}, fault.New(fault.Unavailable, "busy", "too many messages are waiting, try again"))
		return
	}
	if len(l.waiting) == 0 {
		l.first = l.ticket
	}
	req.Ticket = l.ticket
	l.ticket++
	l.waiting = append(l.waiting, &send{req, done, time.Now().Add(patience)})
	l.open++
	l.mu.Unlock()
	l.ring()
}

func (l *lane) ring() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// run opens one stream after the other until ctx ends.
func (l *lane) run(ctx context.Context) {
	var clock sync.WaitGroup
	clock.Go(func() { l.watch(ctx) })
	pause := firstPause
	for ctx.Err() == nil {
		begun := time.Now()
		err := l.stream(ctx)
		if err == nil {
			continue // it was old
		}
		if time.Since(begun) > longest {
			pause = firstPause
		}
		switch {
		case ctx.Err() != nil:
		case fault.CodeOf(err) == "going_away": // the peer leaves politely
			l.log.DebugContext(ctx, "a stream to the message service moved")
		default:
			l.log.WarnContext(ctx, "a stream to the message service broke", "err", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause/2 + rand.N(pause)): //nolint:gosec // spreads load, guards nothing
		}
		pause = min(2*pause, longest)
	}
	clock.Wait()
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.expire(time.Now().Add(2 * patience))
}

// watch answers those whose time is up, until ctx ends. It does so beside the
// streams, which may be held up: by a peer that cannot be reached, or one that
// reads no more.
func (l *lane) watch(ctx context.Context) {
	clock := time.NewTicker(patience / 15)
	defer clock.Stop()
	for {
		select {
		case <-clock.C:
			l.expire(time.Now())
		case <-ctx.Done():
			return
		}
	}
}

// stream is the life of one stream. It begins with what the last one left
// without an answer.
func (l *lane) stream(ctx context.Context) error {
	age := life + rand.N(life/4) //nolint:gosec // spreads load, guards nothing
	// The end in good order, below, needs a peer that reads and answers.
	ctx, cancel := context.WithTimeout(ctx, age+patience)
	defer cancel()
	stream, err := l.service.Send(ctx)
	if err != nil {
		return err
	}
	l.mu.Lock()
	l.unsent = 0
	l.mu.Unlock()
	received := make(chan error, 1)
	go func() { received <- l.receive(stream) }()
	old := time.NewTimer(age)
	defer old.Stop()
	l.ring()
	for {
		select {
		case <-l.wake:
			if err := l.transmit(stream); err != nil {
				cancel()
				return <-received // says why
			}
		case err := <-received:
			return err
		case <-old.C:
			// Ends in good order: what is on it is answered first, so nothing of
			// the next stream can overtake it.
			if err := stream.CloseSend(); err != nil {
				cancel()
				return <-received
			}
			if err := <-received; !errors.Is(err, io.EOF) {
				return err
			}
			return nil
		}
	}
}

// transmit puts on the stream what is not there yet.
func (l *lane) transmit(stream grpc.BidiStreamingClient[messagev1.SendRequest, messagev1.SendResponse]) error {
	for {
		l.mu.Lock()
		batch := make([]*messagev1.Draft, 0, len(l.waiting)-l.unsent)
		for _, s := range l.waiting[l.unsent:] {
			if s != nil {
				batch = append(batch, s.req)
			}
		}
		l.unsent = len(l.waiting)
		l.mu.Unlock()
		if len(batch) == 0 {
			return nil
		}
		for some := range slices.Chunk(batch, maxTogether) {
			if err := stream.Send(&messagev1.SendRequest{Drafts: some}); err != nil {
				return err
			}
		}
	}
}

func (l *lane) receive(stream grpc.BidiStreamingClient[messagev1.SendRequest, messagev1.SendResponse]) error {
	for {
		resp, err := stream.Recv()
		if err != nil {
			return err
		}
		for _, o := range resp.GetOutcomes() {
			if s := l.take(o.GetTicket()); s != nil {
				s.done(answer(o))
			}
		}
	}
}

// take removes the send with the ticket; nil if it was given up.
func (l *lane) take(ticket uint64) *send {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := ticket - l.first
	if i >= uint64(len(l.waiting)) {
		return nil
	}
	s := l.waiting[i]
	if s != nil {
		l.waiting[i] = nil
		l.open--
		l.shorten()
	}
	return s
}

// shorten forgets answered sends at the front; the lock must be held.
func (l *lane) shorten() {
	n := 0
	for n < len(l.waiting) && l.waiting[n] == nil {
		n++
	}
	l.waiting = l.waiting[n:]
	l.first += uint64(n)
	l.unsent = max(0, l.unsent-n)
	if len(l.waiting) == 0 {
		l.waiting = nil
	}
}

// expire answers those whose time is up. They may have been committed all the
// same. So are answered those behind one of them, of the same author in the
// same conversation: the next stream would begin with them, and what was given
// up could only be said again after them.
func (l *lane) expire(now time.Time) {
	l.mu.Lock()
	var late []*send
	ended := make(map[line]bool)
	for i, s := range l.waiting {
		if s == nil {
			continue
		}
		if x := lineOf(s.req); now.After(s.giveUp) || ended[x] {
			ended[x] = true
			late = append(late, s)
			l.waiting[i] = nil
			l.open--
		}
	}
	l.shorten()
	l.mu.Unlock()
	for _, s := range late {
		s.done(clientv1.Message{}, errLate)
	}
}
