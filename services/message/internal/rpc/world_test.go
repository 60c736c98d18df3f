package rpc_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/rpc"
	messagev1 "github.com/lair-chat/lair/proto/message/v1"
	"github.com/lair-chat/lair/services/internal/journal"
	messagerpc "github.com/lair-chat/lair/services/message/internal/rpc"
	"github.com/lair-chat/lair/services/message/internal/timeline"
)

// store commits whatever comes, in memory.
type store struct {
	timeline.Store
	journal.Reader

	mu        sync.Mutex
	committed []string
	gate      chan struct{} // commits wait for it
}

func (s *store) Journal() journal.Reader { return s }

func (s *store) Head(_ context.Context, c id.Conversation) (journal.Head, error) {
	if c == nowhere.Conversation() {
		return journal.Head{}, journal.ErrNoConversation
	}
	return journal.Head{Conversation: c, Kind: journal.Room}, nil
}

func (s *store) Commit(_ context.Context, drafts []*timeline.Draft, at time.Time) ([]timeline.Outcome, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if gate := s.gate; gate != nil {
		s.mu.Unlock()
		<-gate
		s.mu.Lock()
	}
	outcomes := make([]timeline.Outcome, len(drafts))
	for i, d := range drafts {
		s.committed = append(s.committed, d.ClientMsgID)
		outcomes[i] = timeline.Outcome{Fresh: true, Message: timeline.Message{
			ID: id.Message{UUID: id.New()}, Conversation: d.Conversation(), Seq: int64(len(s.committed)),
			Author: d.Author, ClientMsgID: d.ClientMsgID, ContentType: d.ContentType, Content: d.Content, CreatedAt: at,
		}}
	}
	return outcomes, nil
}

func (s *store) setGate(gate chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gate = gate
}

func (s *store) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.committed)
}

// deaf is a wire and a stats that nobody hears.
type deaf struct{ timeline.Wire }

func (deaf) Sent([]timeline.Message)                                      {}
func (deaf) Committed(context.Context, int, time.Duration, time.Duration) {}

var (
	ann     = id.User{UUID: id.New()}
	hall    = id.Room{UUID: id.New()}
	nowhere = id.Room{UUID: id.New()}
)

// newServer returns a service that commits, until the test ends.
func newServer(t *testing.T) (*messagerpc.Server, *store) {
	t.Helper()
	s := &store{}
	server := &messagerpc.Server{Leaving: make(chan struct{}), Timeline: timeline.New(timeline.Needs{
		Store: s, Wire: deaf{}, Now: time.Now, Log: slog.New(slog.DiscardHandler), Stats: deaf{},
	})}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- server.Timeline.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return server, s
}

func options(role string) rpc.Options {
	return rpc.Options{Role: role, Key: bytes.Repeat([]byte{7}, 32), Timeout: time.Minute}
}

// dial returns a client of the server that goes through all interceptors.
func dial(t *testing.T, s *messagerpc.Server, role string) messagev1.MessageServiceClient {
	t.Helper()
	srv := rpc.NewServer(options("message"))
	t.Cleanup(srv.Stop)
	messagev1.RegisterMessageServiceServer(srv, s)
	conn, err := rpc.Loopback(srv, options(role))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return messagev1.NewMessageServiceClient(conn)
}

func say(ticket uint64, name string) *messagev1.Draft {
	return &messagev1.Draft{
		Ticket: ticket, UserId: ann.Bytes(), Target: &messagev1.Target{To: &messagev1.Target_RoomId{RoomId: hall.Bytes()}},
		ClientMsgId: name, ContentType: timeline.Text, Content: []byte(name),
	}
}

// peer is the other end of a stream, in a bubble: what it offers is taken as
// the handler reads, what the handler says waits until the peer reads.
type peer struct {
	grpc.ServerStream
	ctx    context.Context //nolint:containedctx // the interface asks for it
	leave  context.CancelFunc
	in     chan *messagev1.Draft
	out    chan *messagev1.Outcome
	result chan error

	mu    sync.Mutex
	taken int
}

var errGone = errors.New("the peer is gone")

func (p *peer) Context() context.Context { return p.ctx }

func (p *peer) Recv() (*messagev1.SendRequest, error) {
	select {
	case req, ok := <-p.in:
		if !ok {
			return nil, io.EOF
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.taken++
		return &messagev1.SendRequest{Drafts: []*messagev1.Draft{req}}, nil
	case <-p.ctx.Done():
		return nil, p.ctx.Err()
	}
}

func (p *peer) Send(resp *messagev1.SendResponse) error {
	for _, o := range resp.GetOutcomes() {
		select {
		case p.out <- o:
		case <-p.ctx.Done():
			return errGone
		}
	}
	return nil
}

// client is a stream of outcomes that come one by one.
type client struct {
	grpc.BidiStreamingClient[messagev1.SendRequest, messagev1.SendResponse]
	rest []*messagev1.Outcome
}

func (c *client) say(drafts ...*messagev1.Draft) error {
	return c.Send(&messagev1.SendRequest{Drafts: drafts})
}

func (c *client) outcome() (*messagev1.Outcome, error) {
	for len(c.rest) == 0 {
		resp, err := c.Recv()
		if err != nil {
			return nil, err
		}
		c.rest = resp.GetOutcomes()
	}
	o := c.rest[0]
	c.rest = c.rest[1:]
	return o, nil
}

// open begins a stream. Like gRPC it ends the stream's context with the
// handler.
func open(t *testing.T, s *messagerpc.Server) *peer {
	t.Helper()
	ctx, leave := context.WithCancel(rpc.WithPeer(t.Context(), "gateway"))
	p := &peer{
		ctx: ctx, leave: leave, result: make(chan error, 1),
		in: make(chan *messagev1.Draft), out: make(chan *messagev1.Outcome),
	}
	go func() {
		p.result <- s.Send(p)
		leave()
	}()
	return p
}

// offer sends n drafts as fast as they are taken.
func (p *peer) offer(n int) {
	go func() {
		for i := range n {
			select {
			case p.in <- say(uint64(i), "m"):
			case <-p.ctx.Done():
				return
			}
		}
	}()
}

func (p *peer) wantTaken(t *testing.T, n int) {
	t.Helper()
	synctest.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.taken != n {
		t.Errorf("%d drafts were taken, want %d", p.taken, n)
	}
}

// running reports whether the handler has not returned.
func (p *peer) running() bool {
	synctest.Wait()
	return len(p.result) == 0
}
