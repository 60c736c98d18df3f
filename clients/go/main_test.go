package lair_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	lair "github.com/lair-chat/lair/clients/go"
	"github.com/lair-chat/lair/clients/go/internal/fakegateway"
	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bubble runs a test with a gateway that is reached over pipes, in time that
// costs nothing.
func bubble(t *testing.T, test func(t *testing.T, g *fakegateway.Gateway)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		g := fakegateway.New()
		t.Cleanup(g.Close)
		test(t, g)
	})
}

// overall runs a test over pipes, TCP and WebSocket.
func overall(t *testing.T, test func(t *testing.T, g *fakegateway.Gateway, address string)) {
	t.Helper()
	t.Run("Pipe", func(t *testing.T) {
		bubble(t, func(t *testing.T, g *fakegateway.Gateway) { test(t, g, "tcp://pipe:1") })
	})
	listening := func(t *testing.T) *fakegateway.Gateway {
		g := fakegateway.New()
		if err := g.Listen(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(g.Close)
		return g
	}
	t.Run("TCP", func(t *testing.T) { g := listening(t); test(t, g, g.TCP()) })
	t.Run("WS", func(t *testing.T) { g := listening(t); test(t, g, g.WS()) })
}

// soon is a context that ends a test that hangs.
func soon(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// options are those of a link to the gateway, over a pipe unless Address says
// otherwise.
func options(g *fakegateway.Gateway, user string) lair.Options {
	return lair.Options{
		Address: "tcp://pipe:1", Token: user, DialContext: g.Dial,
		MinBackoff: time.Millisecond, MaxBackoff: 10 * time.Millisecond,
	}
}

func dial(t *testing.T, o lair.Options) *lair.Link {
	t.Helper()
	if o.Address != "tcp://pipe:1" {
		o.DialContext = nil
	}
	link, err := lair.Dial(soon(t), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := link.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return link
}

// next returns the next event and its message, if it has one.
func next(t *testing.T, link *lair.Link) (lair.Event, *clientv1.MessageReceived) {
	t.Helper()
	ev, err := link.Next(soon(t))
	if err != nil {
		t.Fatal(err)
	}
	v, err := ev.Decode()
	if err != nil {
		t.Fatal(err)
	}
	m, _ := v.(*clientv1.MessageReceived)
	return ev, m
}

// hears fails unless the next events are messages with these contents.
func hears(t *testing.T, link *lair.Link, contents ...string) {
	t.Helper()
	for _, want := range contents {
		if ev, m := next(t, link); m == nil || m.Message.Content != want {
			t.Fatalf("got %s, want %q", ev.Raw, want)
		}
	}
}

// quiet fails if an event is waiting, or comes in the next second.
func quiet(t *testing.T, link *lair.Link) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if ev, err := link.Next(ctx); err == nil {
		t.Fatalf("got %s", ev.Raw)
	}
}

func draft(r id.Room, content string) lair.Draft {
	return lair.Draft{Target: clientv1.ToRoom(r), Content: content}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
