package redisbus_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/lair-chat/lair/pkg/bus"
	"github.com/lair-chat/lair/pkg/bus/bustest"
	"github.com/lair-chat/lair/pkg/bus/redisbus"
	"github.com/lair-chat/lair/pkg/redisdb"
	"github.com/lair-chat/lair/pkg/testkit/redistest"
)

func TestMain(m *testing.M) {
	// The client of Redis looks for a server that is gone once a second, and notices
	// only then that it was closed.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/redis/go-redis/v9/internal/pool.(*ConnPool).tryDial"))
}

// open returns a bus and the lines that it logs.
func open(tb testing.TB, url string) (*redisbus.Bus, <-chan string) {
	tb.Helper()
	lines := make(logLines, 1000)
	client, err := redisdb.Open(url)
	if err != nil {
		tb.Fatal(err)
	}
	b := redisbus.New(client, slog.New(slog.NewTextHandler(lines, nil)))
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := b.Run(ctx); err != nil {
			tb.Error(err)
		}
	})
	tb.Cleanup(func() { cancel(); running.Wait(); _ = client.Close() })
	return b, lines
}

type logLines chan string

func (l logLines) Write(p []byte) (int, error) {
	l <- string(p)
	return len(p), nil
}

func TestContract(t *testing.T) {
	url := redistest.Server(t).URL()
	bustest.Run(t, func(tb testing.TB) (bus.Bus, bus.Bus) {
		tb.Helper()
		here, _ := open(tb, url)
		there, _ := open(tb, url)
		return here, there
	})
}

func TestListensAgainAfterServerRestarts(t *testing.T) {
	server := redistest.Server(t)
	b, _ := open(t, server.URL())
	one, two := bustest.NewEar(), bustest.NewEar()
	defer b.Subscribe("room.1", one)()
	one.AwaitListening(t)
	server.Kill()
	if err := server.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer b.Subscribe("room.2", two)()
	one.AwaitListening(t)
	two.AwaitListening(t)
	for _, topic := range []string{"room.1", "room.2"} {
		if err := b.Publish(t.Context(), bus.Message{Topic: topic, Data: []byte("again")}); err != nil {
			t.Fatal(err)
		}
	}
	if got := one.Next(t) + two.Next(t); got != "againagain" {
		t.Errorf("got %q", got)
	}
}

func TestNoticesServerThatHangs(t *testing.T) {
	server := redistest.Server(t)
	b, lines := open(t, server.URL())
	ear := bustest.NewEar()
	defer b.Subscribe("room.1", ear)()
	ear.AwaitListening(t)
	server.Pause()
	if err := b.Publish(t.Context(), bus.Message{Topic: "room.1"}); err == nil {
		t.Error("published to a server that hangs")
	}
	<-lines // it has given up the connection
	server.Resume()
	ear.AwaitListening(t)
}

func TestSubscribesWhileServerIsDown(t *testing.T) {
	server := redistest.Server(t)
	server.Kill()
	b, _ := open(t, server.URL())
	ear := bustest.NewEar()
	defer b.Subscribe("room.1", ear)()
	if err := b.Publish(t.Context(), bus.Message{Topic: "room.1"}); err == nil {
		t.Error("published to a server that is down")
	}
	if err := server.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	ear.AwaitListening(t)
}

func TestLostBellsAndInterruptionsAreCounted(t *testing.T) {
	server := redistest.Server(t)
	b, _ := open(t, server.URL())
	ear := bustest.NewEar()
	defer b.Subscribe("room.1", ear)()
	ear.AwaitListening(t)
	if b.Lost() != 0 || b.Interrupted() != 0 {
		t.Errorf("%d lost, %d interrupted before anything happened", b.Lost(), b.Interrupted())
	}
	server.Kill()
	if err := b.Publish(t.Context(), bus.Message{Topic: "room.1"}, bus.Message{Topic: "room.1"}); err == nil {
		t.Error("a dead server took messages")
	}
	if err := server.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	ear.AwaitListening(t)
	if b.Lost() != 2 || b.Interrupted() == 0 {
		t.Errorf("%d lost, %d interrupted", b.Lost(), b.Interrupted())
	}
}
