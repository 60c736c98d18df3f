package sender_test

import (
	"bytes"
	"context"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"

	"google.golang.org/grpc"

	"github.com/lair-chat/lair/pkg/rpc"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	messagev1 "github.com/lair-chat/lair/proto/message/v1"
	"github.com/lair-chat/lair/services/gateway/internal/sender"
)

// stream is a stream on which drafts are read one by one.
type stream struct {
	grpc.BidiStreamingServer[messagev1.SendRequest, messagev1.SendResponse]
	rest []*messagev1.Draft
}

func (s *stream) draft() (*messagev1.Draft, error) {
	for len(s.rest) == 0 {
		req, err := s.Recv()
		if err != nil {
			return nil, err
		}
		s.rest = req.GetDrafts()
	}
	d := s.rest[0]
	s.rest = s.rest[1:]
	return d, nil
}

func (s *stream) answer(o *messagev1.Outcome) error {
	return s.Send(&messagev1.SendResponse{Outcomes: []*messagev1.Outcome{o}})
}

// service is the message service. What it does with the streams on which
// something comes is up to the test.
type service struct {
	messagev1.UnimplementedMessageServiceServer
	serve func(n int, first *messagev1.Draft, s *stream) error

	mu   sync.Mutex
	used int              // streams on which something came
	open int              // streams
	got  map[int][]string // client_msg_ids by stream, from the first on
}

func (v *service) Send(raw grpc.BidiStreamingServer[messagev1.SendRequest, messagev1.SendResponse]) error {
	s := &stream{BidiStreamingServer: raw}
	v.mu.Lock()
	v.open++
	v.mu.Unlock()
	defer func() {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.open--
	}()
	first, err := s.draft()
	if err != nil {
		return nil // the peer has nothing to send
	}
	v.mu.Lock()
	v.used++
	n := v.used
	v.mu.Unlock()
	v.note(n, first)
	return v.serve(n, first, s)
}

func (v *service) note(n int, r *messagev1.Draft) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.got[n] = append(v.got[n], r.GetClientMsgId())
}

// next reads from stream n.
func (v *service) next(n int, s *stream) (*messagev1.Draft, error) {
	r, err := s.draft()
	if err == nil {
		v.note(n, r)
	}
	return r, err
}

// wantGot fails unless exactly these came on stream n, when all is quiet.
func (v *service) wantGot(t *testing.T, n int, names ...string) {
	t.Helper()
	synctest.Wait()
	v.mu.Lock()
	defer v.mu.Unlock()
	if !slices.Equal(v.got[n], names) {
		t.Errorf("on stream %d came %v, want %v", n, v.got[n], names)
	}
}

// accept answers with the message.
func accept(s *stream, r *messagev1.Draft) error {
	return s.answer(&messagev1.Outcome{Ticket: r.GetTicket(), Result: &messagev1.Outcome_Message{
		Message: &eventv1.Message{ClientMsgId: r.GetClientMsgId(), Content: r.GetContent()},
	}})
}

// acceptAll answers everything at once.
func (v *service) acceptAll(n int, first *messagev1.Draft, s *stream) error {
	for r := first; ; {
		if err := accept(s, r); err != nil {
			return err
		}
		var err error
		if r, err = v.next(n, s); err != nil {
			return nil //nolint:nilerr // the stream ends
		}
	}
}

// world is a running sender before a service.
type world struct {
	*sender.Sender
	t       *testing.T
	service *service
	stop    func() // ends Run and waits for it
}

// run runs the test with a world in a bubble.
func run(t *testing.T, test func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { runIn(t, test) })
}

func runIn(t *testing.T, test func(w *world)) {
	t.Helper()
	o := rpc.Options{Role: "gateway", Key: bytes.Repeat([]byte{1}, 32)}
	srv := rpc.NewServer(o)
	w := &world{t: t, service: &service{got: map[int][]string{}}}
	w.service.serve = w.service.acceptAll
	messagev1.RegisterMessageServiceServer(srv, w.service)
	conn, err := rpc.Loopback(srv, o)
	if err != nil {
		t.Fatal(err)
	}
	w.Sender = sender.New(messagev1.NewMessageServiceClient(conn), slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	w.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	synctest.Wait()
	test(w)
	w.stop()
	_ = conn.Close()
	srv.Stop()
}

// fate is what became of a send.
type fate struct {
	name string

	mu    sync.Mutex
	calls int
	m     clientv1.Message
	err   error
}

// submit sends a message with this name.
func (w *world) submit(key uint64, name string) *fate {
	f := &fate{name: name}
	w.Submit(key, &messagev1.Draft{ClientMsgId: name}, f.done)
	return f
}

// submitAll sends messages named by their numbers.
func (w *world) submitAll(key uint64, from, to int) []*fate {
	var list []*fate
	for n := from; n <= to; n++ {
		list = append(list, w.submit(key, strconv.Itoa(n)))
	}
	return list
}

func (f *fate) done(m clientv1.Message, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls++
	f.m, f.err = m, err
}

// is reports how often the fate was told, and the last one, when all is quiet.
func (f *fate) is() (calls int, m clientv1.Message, err error) {
	synctest.Wait()
	return f.now()
}

func (f *fate) now() (calls int, m clientv1.Message, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls, f.m, f.err
}

// wantAccepted fails unless the messages were, once.
func (w *world) wantAccepted(list ...*fate) {
	w.t.Helper()
	synctest.Wait()
	for _, f := range list {
		if calls, m, err := f.now(); calls != 1 || err != nil || m.ClientMsgID != f.name {
			w.t.Errorf("%s was told %d times: %q, %v", f.name, calls, m.ClientMsgID, err)
		}
	}
}

// wantOpen fails if the fates are known.
func (w *world) wantOpen(list ...*fate) {
	w.t.Helper()
	synctest.Wait()
	for _, f := range list {
		if calls, _, err := f.now(); calls != 0 {
			w.t.Errorf("%s was told %d times: %v", f.name, calls, err)
		}
	}
}
