package presence_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"google.golang.org/protobuf/proto"

	"github.com/lair-chat/lair/pkg/bus"
	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/rpc"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	presencev1 "github.com/lair-chat/lair/proto/presence/v1"
	"github.com/lair-chat/lair/services/presence"
)

// wire is a bus whose messages the test takes.
type wire chan bus.Message

func (w wire) Publish(_ context.Context, msgs ...bus.Message) error {
	for _, m := range msgs {
		w <- m
	}
	return nil
}

func (wire) Subscribe(string, bus.Handler) func() { panic("presence hears nothing") }

// next returns the next changes of presence.
func (w wire) next(t *testing.T) []*eventv1.PresenceChange {
	t.Helper()
	select {
	case m := <-w:
		var p eventv1.Presence
		if err := proto.Unmarshal(m.Data, &p); err != nil || m.Topic != presence.Topic {
			t.Fatalf("on %s: %v", m.Topic, err)
		}
		return p.GetChanges()
	case <-time.After(20 * time.Second):
		t.Fatal("nothing was announced")
		return nil
	}
}

// start runs the service behind a real server and returns what a gateway has.
func start(t *testing.T, n presence.Needs) presencev1.PresenceServiceClient {
	t.Helper()
	n.Log = slog.New(slog.DiscardHandler)
	key := []byte("a cluster key of at least 32 bytes")
	srv := rpc.NewServer(rpc.Options{Role: "presence", Key: key})
	s := presence.New(n)
	s.Register(srv)
	conn, err := rpc.Loopback(srv, rpc.Options{Role: "gateway", Key: key})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run returned %v", err)
		}
		_ = conn.Close()
		srv.Stop()
	})
	return presencev1.NewPresenceServiceClient(conn)
}

func TestAUserComesAndItsPodDies(t *testing.T) {
	w := make(wire, 10)
	c := start(t, presence.Needs{Registry: presence.Memory(), Bus: w, Expiry: 150 * time.Millisecond})
	u := id.New()
	_, err := c.Report(t.Context(), &presencev1.ReportRequest{Pod: "a", Arrived: [][]byte{u.Bytes()}})
	if err != nil {
		t.Fatal(err)
	}
	for _, online := range []bool{true, false} {
		got := w.next(t)
		if len(got) != 1 || id.UUID(got[0].GetUserId()) != u || got[0].GetOnline() != online {
			t.Fatalf("got %v", got)
		}
	}
	res, err := c.Online(t.Context(), &presencev1.OnlineRequest{Limit: 10})
	if err != nil || res.GetTotal() != 0 {
		t.Fatalf("got %v, %v", res, err)
	}
}

func TestTypingTravelsToTheConversation(t *testing.T) {
	w := make(wire, 10)
	c := start(t, presence.Needs{Registry: presence.Memory(), Bus: w})
	conversation := id.New()
	ctx := rpc.WithActor(t.Context(), rpc.Actor{User: id.User{UUID: id.New()}})
	for range 3 {
		if _, err := c.Typing(ctx, &presencev1.TypingRequest{ConversationId: conversation.Bytes()}); err != nil {
			t.Fatal(err)
		}
	}
	if m := <-w; m.Topic != "conversation."+conversation.String() || len(w) != 0 {
		t.Errorf("%s, and %d more", m.Topic, len(w))
	}
}

func TestRedisNeedNotBeThere(t *testing.T) {
	client := goredis.NewClient(&goredis.Options{Addr: "127.0.0.1:1", MaxRetries: -1, DialerRetries: 1})
	t.Cleanup(func() { _ = client.Close() })
	c := start(t, presence.Needs{Registry: presence.Redis(client), Bus: make(wire)})
	_, err := c.Online(t.Context(), &presencev1.OnlineRequest{Limit: 10})
	if fault.KindOf(err) != fault.Unavailable || fault.CodeOf(err) != "unavailable" {
		t.Fatalf("got %v", err)
	}
}
