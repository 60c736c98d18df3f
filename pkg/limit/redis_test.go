package limit_test

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/lair-chat/lair/pkg/limit"
	"github.com/lair-chat/lair/pkg/limit/limittest"
	"github.com/lair-chat/lair/pkg/redisdb"
	"github.com/lair-chat/lair/pkg/testkit/redistest"
)

// pod returns the limiter of one process, and the lines that it logs.
func pod(tb testing.TB, s interface{ URL() string }) (*limit.Redis, <-chan string) {
	tb.Helper()
	client, err := redisdb.Open(s.URL())
	if err != nil {
		tb.Fatal(err)
	}
	lines := make(logLines, 1000)
	l := limit.NewRedis(client, slog.New(slog.NewTextHandler(lines, nil)))
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := l.Run(ctx); err != nil {
			tb.Error(err)
		}
	})
	tb.Cleanup(func() { cancel(); running.Wait(); _ = client.Close() })
	return l, lines
}

type logLines chan string

func (l logLines) Write(p []byte) (int, error) {
	l <- string(p)
	return len(p), nil
}

func line(tb testing.TB, lines <-chan string, want string) {
	tb.Helper()
	select {
	case got := <-lines:
		if !strings.Contains(got, want) {
			tb.Errorf("logged %s, want %s", got, want)
		}
	case <-time.After(30 * time.Second):
		tb.Fatalf("waited in vain for the line %s", want)
	}
}

func TestRedisContract(t *testing.T) {
	s := redistest.Server(t)
	client := redistest.Client(t, s)
	limittest.Run(t, func(t *testing.T, test func(*testing.T)) { t.Helper(); test(t) }, func(tb testing.TB) limit.Limiter {
		tb.Helper()
		if err := client.FlushAll(context.Background()).Err(); err != nil {
			tb.Fatal(err)
		}
		l, _ := pod(tb, s)
		return l
	})
}

// drain takes tokens until there are none, and returns how many there were.
func drain(l limit.Limiter, r limit.Rule) (given int) {
	for l.Take(r, limittest.Ann).OK {
		given++
	}
	return given
}

// slow has tokens that do not come back while a test runs.
var slow = limit.Rule{Name: "slow", PerMinute: 1, Burst: 40}

// shared waits until the server has the bucket of the rule at a level that begins so.
func shared(tb testing.TB, client redis.UniversalClient, below string) {
	tb.Helper()
	end := time.After(30 * time.Second)
	for {
		keys, err := client.Keys(context.Background(), "lair:{limit:slow:*}").Result()
		if err != nil {
			tb.Fatal(err)
		}
		if len(keys) == 1 {
			text := client.Get(context.Background(), keys[0]).Val()
			if strings.HasPrefix(text, below) {
				return
			}
		}
		select {
		case <-end:
			tb.Fatalf("the server never had %s", below)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func TestWhatOnePodGaveTheOthersDoNotGive(t *testing.T) {
	s := redistest.Server(t)
	client := redistest.Client(t, s)
	one, _ := pod(t, s)
	two, _ := pod(t, s)
	if n := drain(one, slow); n != 40 {
		t.Fatalf("the first gave %d", n)
	}
	shared(t, client, "0.")
	// The second does not know yet. It learns with its first token.
	if !two.Take(slow, limittest.Ann).OK {
		t.Fatal("the second had a bucket that is not full")
	}
	shared(t, client, "-0.9")
	end := time.After(30 * time.Second)
	for given := 1; two.Take(slow, limittest.Ann).OK; given++ {
		select {
		case <-end:
			t.Fatal("the second never learnt")
		case <-time.After(50 * time.Millisecond):
		}
		if given > 20 {
			t.Fatal("the second gave on and on")
		}
	}
	ttl := client.PTTL(t.Context(), client.Keys(t.Context(), "*").Val()[0]).Val()
	if ttl < 39*time.Minute || ttl > 45*time.Minute {
		t.Errorf("the key is kept for %v, want until it is full", ttl)
	}
}

func TestWithoutRedisEachPodCountsAlone(t *testing.T) {
	s := redistest.Server(t)
	one, lines := pod(t, s)
	s.Kill()
	if n := drain(one, slow); n != 40 {
		t.Errorf("gave %d", n)
	}
	line(t, lines, "limits are counted by each process alone")
	if one.Take(slow, limittest.Ann).OK {
		t.Error("gave more than the burst")
	}
	other := slow
	other.Name = "other"
	if !one.Take(other, limittest.Ann).OK {
		t.Error("a new bucket was not full")
	}
	if err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	again := limit.Rule{Name: "again", PerMinute: 1000}
	end := time.After(30 * time.Second)
	for back := false; !back; {
		one.Take(again, limittest.Ann)
		select {
		case text := <-lines:
			if back = true; !strings.Contains(text, "limits are shared again") {
				t.Errorf("logged %s", text)
			}
		case <-end:
			t.Fatal("it never shared again")
		case <-time.After(50 * time.Millisecond):
		}
	}
	if one.Take(slow, limittest.Ann).OK {
		t.Error("the copy was filled because the server forgot")
	}
}

func TestTakeDoesNotWaitForRedisThatHangs(t *testing.T) {
	s := redistest.Server(t)
	one, lines := pod(t, s)
	s.Pause()
	defer s.Resume()
	began := time.Now()
	if n := drain(one, slow); n != 40 {
		t.Errorf("gave %d", n)
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("took %v", took)
	}
	line(t, lines, "limits are counted by each process alone")
}
