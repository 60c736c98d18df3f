// Package sender carries messages to the message service through a few long
// streams, on which many are in flight at once.
//
// A send whose answer was lost with its stream is sent again on the next one:
// it carries a client_msg_id, so that it is one message however often it
// arrives. Sends of one client stay on one stream and in their order, also
// when they are sent again.
package sender

import (
	"context"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"google.golang.org/grpc/codes"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/tracing"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	messagev1 "github.com/lair-chat/lair/proto/message/v1"
	"github.com/lair-chat/lair/services/gateway/internal/object"
)

const (
	maxTogether = 256              // drafts in one message on the stream, well below its size
	maxWaiting  = 8192             // sends of one stream without an answer; past it new ones are refused
	patience    = 15 * time.Second // how long a send waits for its answer
	life        = 5 * time.Minute  // of a stream; the next one may go to another pod
	firstPause  = 20 * time.Millisecond
	longest     = time.Second
)

// Done hears what became of a send: a message, or why there is none. It must
// not block.
type Done func(clientv1.Message, error)

// Sender sends messages. It is safe for concurrent use.
type Sender struct {
	lanes []*lane
}

// New returns a sender; Run must be running.
func New(service messagev1.MessageServiceClient, log *slog.Logger) *Sender {
	s := &Sender{lanes: make([]*lane, max(2, runtime.GOMAXPROCS(0)))}
	for i := range s.lanes {
		s.lanes[i] = &lane{service: service, log: log, wake: make(chan struct{}, 1)}
	}
	return s
}

// Submit sends req, whose ticket it sets. done is called exactly once, maybe
// before Submit returns. Sends with the same key keep their order.
func (s *Sender) Submit(key uint64, req *messagev1.Draft, done Done) {
	s.lanes[key%uint64(len(s.lanes))].submit(req, done)
}

// Send sends req, in the trace of ctx, and waits for what becomes of it.
func (s *Sender) Send(ctx context.Context, key uint64, req *messagev1.Draft) (clientv1.Message, error) {
	type result struct {
		m   clientv1.Message
		err error
	}
	results := make(chan result, 1)
	req.Trace, req.SentAt = tracing.Parent(ctx), time.Now().UnixMicro()
	s.Submit(key, req, func(m clientv1.Message, err error) { results <- result{m, err} })
	select {
	case r := <-results:
		return r.m, r.err
	case <-ctx.Done():
		return clientv1.Message{}, errLate
	}
}

var errLate = fault.New(fault.Unavailable, "unavailable",
	"it is not known whether the message was sent, send it again with the same client_msg_id")

// Run keeps the streams until ctx ends. Sends that are without an answer then
// fail.
func (s *Sender) Run(ctx context.Context) error {
	var g sync.WaitGroup
	for _, l := range s.lanes {
		g.Go(func() { l.run(ctx) })
	}
	g.Wait()
	return nil
}

// answer turns an outcome into what Done hears.
func answer(resp *messagev1.Outcome) (clientv1.Message, error) {
	if r := resp.GetRefusal(); r != nil {
		return clientv1.Message{}, fault.New(fault.FromCode(codes.Code(r.GetStatus())), r.GetCode(), "%s", r.GetText())
	}
	return object.Message(resp.GetMessage()), nil
}
