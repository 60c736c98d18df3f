package rpc_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"testing/synctest"

	"google.golang.org/grpc/codes"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/rpc"
	messagev1 "github.com/lair-chat/lair/proto/message/v1"
	messagerpc "github.com/lair-chat/lair/services/message/internal/rpc"
)

func TestManyInFlightAreAnsweredOnceAndInOrder(t *testing.T) {
	const n = 3 * messagerpc.MaxInFlight
	server, _ := newServer(t)
	raw, err := dial(t, server, "gateway").Send(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	stream := &client{BidiStreamingClient: raw}
	sent := make(chan error, 1)
	go func() {
		var err error
		for i := uint64(0); i < n && err == nil; i++ {
			err = stream.say(say(i, fmt.Sprint("m", i)))
		}
		sent <- errors.Join(err, stream.CloseSend())
	}()
	for i := range uint64(n) {
		resp, err := stream.outcome()
		if err != nil {
			t.Fatal(err)
		}
		m := resp.GetMessage()
		if resp.GetTicket() != i || m.GetSeq() != int64(i)+1 || m.GetClientMsgId() != fmt.Sprint("m", i) {
			t.Fatalf("answer %d is %v", i, resp)
		}
	}
	if resp, err := stream.outcome(); !errors.Is(err, io.EOF) {
		t.Errorf("after the last answer: %v, %v", resp, err)
	}
	if err := <-sent; err != nil {
		t.Error(err)
	}
}

func TestOnlyGatewaysMaySend(t *testing.T) {
	server, s := newServer(t)
	stream, err := dial(t, server, "room").Send(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_ = stream.Send(&messagev1.SendRequest{Drafts: []*messagev1.Draft{say(1, "a")}})
	if _, err := stream.Recv(); fault.CodeOf(err) != "permission_denied" || fault.KindOf(err) != fault.Denied {
		t.Errorf("got %v", err)
	}
	if s.count() != 0 {
		t.Error("it was committed")
	}
}

func TestOnlyGatewaysMayRead(t *testing.T) {
	server, _ := newServer(t)
	c := dial(t, server, "room")
	ctx := rpc.WithActor(t.Context(), rpc.Actor{User: ann})
	for name, ask := range map[string]func() error{
		"ListMessages": func() error { _, err := c.ListMessages(ctx, &messagev1.ListMessagesRequest{}); return err },
		"ListEvents":   func() error { _, err := c.ListEvents(ctx, &messagev1.ListEventsRequest{}); return err },
		"ListUserEvents": func() error {
			_, err := c.ListUserEvents(ctx, &messagev1.ListUserEventsRequest{UserId: ann.Bytes()})
			return err
		},
		"ListConversations": func() error {
			_, err := c.ListConversations(ctx, &messagev1.ListConversationsRequest{})
			return err
		},
		"Heads": func() error { _, err := c.Heads(ctx, &messagev1.HeadsRequest{}); return err },
	} {
		if err := ask(); fault.CodeOf(err) != "permission_denied" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBadDraftsAreRefusedOneByOne(t *testing.T) {
	server, s := newServer(t)
	raw, err := dial(t, server, "gateway").Send(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	stream := &client{BidiStreamingClient: raw}
	for i, test := range []struct {
		change func(*messagev1.Draft)
		status codes.Code
		code   string
	}{
		{func(r *messagev1.Draft) { r.UserId = nil }, codes.InvalidArgument, "validation_failed"},
		{func(r *messagev1.Draft) { r.UserId = make([]byte, 16) }, codes.Unauthenticated, "invalid_token"},
		{func(r *messagev1.Draft) { r.Target = nil }, codes.InvalidArgument, "validation_failed"},
		{func(r *messagev1.Draft) { r.Target.To = &messagev1.Target_UserId{UserId: []byte("x")} }, codes.InvalidArgument, "validation_failed"},
		{func(r *messagev1.Draft) { r.ClientMsgId = "" }, codes.InvalidArgument, "validation_failed"},
		{func(r *messagev1.Draft) { r.ContentType = "" }, codes.InvalidArgument, "content_invalid"},
		{func(r *messagev1.Draft) { r.Content = []byte(" ") }, codes.InvalidArgument, "content_invalid"},
		{func(r *messagev1.Draft) {
			r.Target.To = &messagev1.Target_RoomId{RoomId: nowhere.Bytes()}
		}, codes.PermissionDenied, "not_room_member"},
	} {
		bad, good := uint64(2*i), uint64(2*i+1)
		req := say(bad, "bad")
		test.change(req)
		if err := stream.say(req, say(good, "good")); err != nil {
			t.Fatal(err)
		}
		answers := make(map[uint64]*messagev1.Outcome)
		for range 2 {
			resp, err := stream.outcome()
			if err != nil {
				t.Fatal(err)
			}
			answers[resp.GetTicket()] = resp
		}
		r := answers[bad].GetRefusal()
		if codes.Code(r.GetStatus()) != test.status || r.GetCode() != test.code || r.GetText() == "" {
			t.Errorf("draft %d: got %v, want %s", i, answers[bad], test.code)
		}
		if answers[good].GetMessage().GetClientMsgId() != "good" {
			t.Errorf("the one after draft %d: %v", i, answers[good])
		}
	}
	if s.count() != 8 {
		t.Errorf("%d were committed", s.count())
	}
}

// TestPeerThatDoesNotReadIsNotRead: it holds up itself and nobody else, and
// loses nothing.
func TestPeerThatDoesNotReadIsNotRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 2*messagerpc.MaxInFlight + 100
		server, s := newServer(t)
		slow, quick := open(t, server), open(t, server)
		slow.offer(n)
		slow.wantTaken(t, messagerpc.MaxInFlight+1) // the last has no place
		if s.count() != messagerpc.MaxInFlight {
			t.Errorf("%d were committed", s.count())
		}
		quick.in <- say(7, "a")
		if resp := <-quick.out; resp.GetTicket() != 7 || resp.GetMessage() == nil {
			t.Errorf("got %v", resp)
		}
		for i := range uint64(n) {
			if resp := <-slow.out; resp.GetTicket() != i || resp.GetMessage() == nil {
				t.Fatalf("answer %d is %v", i, resp)
			}
		}
		slow.wantTaken(t, n)
		close(slow.in)
		close(quick.in)
		if err := errors.Join(<-slow.result, <-quick.result); err != nil {
			t.Error(err)
		}
	})
}

func TestEndOfStreamAwaitsTheAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, s := newServer(t)
		gate := make(chan struct{})
		s.setGate(gate)
		p := open(t, server)
		for i := range uint64(3) {
			p.in <- say(i, "a")
		}
		close(p.in)
		if !p.running() {
			t.Fatal("the stream ended before its answers")
		}
		close(gate)
		for i := range uint64(3) {
			if resp := <-p.out; resp.GetTicket() != i || resp.GetMessage() == nil {
				t.Errorf("answer %d is %v", i, resp)
			}
		}
		if err := <-p.result; err != nil {
			t.Error(err)
		}
	})
}

func TestLeavingAnswersWhatWasBegunAndBeginsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, s := newServer(t)
		gate := make(chan struct{})
		s.setGate(gate)
		busy, idle := open(t, server), open(t, server)
		for i := range uint64(3) {
			busy.in <- say(i, "begun")
		}
		synctest.Wait()
		close(server.Leaving)
		if err := <-idle.result; fault.CodeOf(err) != "going_away" || fault.KindOf(err) != fault.Unavailable {
			t.Errorf("an idle stream ends with %v", err)
		}
		synctest.Wait()
		busy.offer(2)
		if !busy.running() {
			t.Fatal("the stream ended before its answers")
		}
		close(gate)
		for i := range uint64(3) {
			if resp := <-busy.out; resp.GetTicket() != i || resp.GetMessage() == nil {
				t.Errorf("answer %d is %v", i, resp)
			}
		}
		if err := <-busy.result; fault.CodeOf(err) != "going_away" {
			t.Errorf("a busy stream ends with %v", err)
		}
		synctest.Wait()
		if s.count() != 3 {
			t.Errorf("%d were committed", s.count())
		}
		if err := <-open(t, server).result; fault.CodeOf(err) != "going_away" {
			t.Errorf("a new stream ends with %v", err)
		}
	})
}

// TestPeerThatIsGoneIsLetGo: the handler returns, whatever it waits for, and
// what was begun is committed all the same.
func TestPeerThatIsGoneIsLetGo(t *testing.T) {
	for name, test := range map[string]struct {
		offered int
		commit  bool // or nothing is committed while the peer is there
	}{
		"Idle":              {0, true},
		"AnswersAwaited":    {3, false},
		"NoPlaceNoAnswers":  {messagerpc.MaxInFlight + 10, false},
		"NoPlaceAndNotRead": {messagerpc.MaxInFlight + 10, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server, s := newServer(t)
				gate := make(chan struct{})
				if !test.commit {
					s.setGate(gate)
				}
				p := open(t, server)
				p.offer(test.offered)
				if !p.running() {
					t.Fatal("the stream ended by itself")
				}
				p.leave()
				if err := <-p.result; test.offered <= messagerpc.MaxInFlight && !errors.Is(err, context.Canceled) {
					t.Errorf("got %v", err)
				}
				close(gate)
				synctest.Wait()
				if want := min(test.offered, messagerpc.MaxInFlight); s.count() != want {
					t.Errorf("%d were committed, want %d", s.count(), want)
				}
			})
		})
	}
}

func TestLeavingDoesNotWaitForAPeerThatIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, _ := newServer(t)
		p := open(t, server)
		p.offer(10) // and does not read
		synctest.Wait()
		close(server.Leaving)
		if !p.running() {
			t.Fatal("the stream ended before its answers")
		}
		p.leave()
		if err := <-p.result; fault.CodeOf(err) != "going_away" {
			t.Errorf("the stream ends with %v", err)
		}
	})
}
