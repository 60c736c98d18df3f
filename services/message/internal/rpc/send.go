package rpc

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"

	"google.golang.org/grpc"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/rpc"
	messagev1 "github.com/lair-chat/lair/proto/message/v1"
	"github.com/lair-chat/lair/services/message/internal/timeline"
	"github.com/lair-chat/lair/services/message/internal/wire"
)

// maxInFlight bounds the drafts of one stream that are not answered. The peer
// is not read while so many are: the stream's flow control holds it up.
const maxInFlight = 4096

// maxTogether bounds the outcomes of one message: with content of the largest
// size they stay well below what a message may have.
const maxTogether = 256

// Send implements messagev1.MessageServiceServer.
func (s *Server) Send(stream grpc.BidiStreamingServer[messagev1.SendRequest, messagev1.SendResponse]) error {
	ctx := stream.Context()
	if err := rpc.NeedRole(ctx, Gateway); err != nil {
		return err
	}
	a := newAnswers()
	var sender sync.WaitGroup
	sender.Go(func() { a.send(stream) })
	defer sender.Wait()
	defer a.close()
	// The end of the handler ends Recv, and with it this goroutine.
	received := make(chan error, 1)
	go func() { received <- s.receive(ctx, stream, a) }()
	select {
	case err := <-received:
		if errors.Is(err, io.EOF) {
			a.drain()
			return nil
		}
		return err
	case <-s.Leaving:
		a.refuse()
		a.drain()
		return fault.New(fault.Unavailable, "going_away", "this process is about to stop")
	}
}

// receive begins what the peer sends until the stream ends.
func (s *Server) receive(ctx context.Context, stream grpc.BidiStreamingServer[messagev1.SendRequest, messagev1.SendResponse], a *answers) error {
	for {
		req, err := stream.Recv()
		if err != nil {
			return err
		}
		for _, d := range req.GetDrafts() {
			if !a.begin(ctx) {
				return ctx.Err() // the peer sends it again elsewhere
			}
			s.begin(ctx, d, a.finish)
		}
	}
}

// begin sends one draft, and finishes it when it is known what became of it.
func (s *Server) begin(ctx context.Context, w *messagev1.Draft, finish func(*messagev1.Outcome)) {
	ticket := w.GetTicket()
	d, err := draft(w)
	if err != nil {
		finish(refusal(ticket, err))
		return
	}
	s.Timeline.Send(ctx, d, func(m timeline.Message, err error) {
		if err != nil {
			finish(refusal(ticket, err))
			return
		}
		finish(&messagev1.Outcome{Ticket: ticket, Result: &messagev1.Outcome_Message{Message: wire.Message(m)}})
	})
}

func draft(req *messagev1.Draft) (*timeline.Draft, error) {
	d := &timeline.Draft{
		ClientMsgID: req.GetClientMsgId(), ContentType: req.GetContentType(), Content: req.GetContent(),
		Origin: timeline.Origin{Trace: req.GetTrace(), SentAt: req.GetSentAt()},
	}
	var err error
	if d.Author.UUID, err = id.FromBytes(req.GetUserId()); err != nil {
		return nil, badID(err)
	}
	return d, target(req.GetTarget(), d)
}

func refusal(ticket uint64, err error) *messagev1.Outcome {
	st := fault.ToStatus(err)
	return &messagev1.Outcome{Ticket: ticket, Result: &messagev1.Outcome_Refusal{Refusal: &messagev1.Refusal{
		Status: uint32(st.Code()), Code: fault.CodeOf(err), Text: st.Message(),
	}}}
}

// answers are the responses of one stream. The committer must not wait for a
// slow peer, so it puts them here and one goroutine sends them.
type answers struct {
	mu       sync.Mutex
	cond     sync.Cond
	ready    []*messagev1.Outcome
	inFlight int  // drafts begun and not yet sent
	refusing bool // nothing new is begun
	closed   bool
}

func newAnswers() *answers {
	a := &answers{}
	a.cond.L = &a.mu
	return a
}

// begin takes a place among those in flight, and waits for one. It reports
// false if nothing is to be begun any more.
func (a *answers) begin(ctx context.Context) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.inFlight >= maxInFlight {
		stop := context.AfterFunc(ctx, a.wake)
		defer stop()
	}
	for a.inFlight >= maxInFlight && !a.over(ctx) {
		a.cond.Wait()
	}
	if a.over(ctx) {
		return false
	}
	a.inFlight++
	return true
}

// wake lets those who wait look again. It takes the lock, so that it cannot come
// between the look and the wait of one of them.
func (a *answers) wake() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.cond.Broadcast()
}

func (a *answers) over(ctx context.Context) bool { return a.closed || a.refusing || ctx.Err() != nil }

// refuse makes begin report false.
func (a *answers) refuse() {
	a.mu.Lock()
	a.refusing = true
	a.mu.Unlock()
	a.cond.Broadcast()
}

func (a *answers) finish(r *messagev1.Outcome) {
	a.mu.Lock()
	a.ready = append(a.ready, r)
	a.mu.Unlock()
	a.cond.Broadcast()
}

// drain waits until everything begun has been sent.
func (a *answers) drain() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for a.inFlight > 0 && !a.closed {
		a.cond.Wait()
	}
}

func (a *answers) close() {
	a.mu.Lock()
	a.closed = true
	a.mu.Unlock()
	a.cond.Broadcast()
}

// send sends what is ready until close or until the peer is gone.
func (a *answers) send(stream grpc.BidiStreamingServer[messagev1.SendRequest, messagev1.SendResponse]) {
	for {
		a.mu.Lock()
		for len(a.ready) == 0 && !a.closed {
			a.cond.Wait()
		}
		ready := a.ready
		a.ready = nil
		closed := a.closed
		a.mu.Unlock()
		for some := range slices.Chunk(ready, maxTogether) {
			if err := stream.Send(&messagev1.SendResponse{Outcomes: some}); err != nil {
				a.close()
				return
			}
		}
		a.mu.Lock()
		a.inFlight -= len(ready)
		a.mu.Unlock()
		a.cond.Broadcast()
		if closed {
			return
		}
	}
}
