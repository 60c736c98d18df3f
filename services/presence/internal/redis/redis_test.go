package redis_test

import (
	"context"
	"strings"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/lair-chat/lair/pkg/redisdb"
	"github.com/lair-chat/lair/pkg/testkit/redistest"
	"github.com/lair-chat/lair/services/presence/internal/redis"
	"github.com/lair-chat/lair/services/presence/internal/rostertest"
)

func TestContract(t *testing.T) {
	c := startServer(t).client(t)
	rostertest.Run(t, func(tb testing.TB) rostertest.Fixture { return fixture(tb, c) })
}

func TestContractOnCluster(t *testing.T) {
	c, err := redisdb.Open(redistest.Cluster(t, 0).URL())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	rostertest.Run(t, func(tb testing.TB) rostertest.Fixture { return fixture(tb, c) })
}

// fixture returns an empty registry that has been there for a while: only
// then it knows that whoever is not in it is offline.
func fixture(tb testing.TB, c goredis.UniversalClient) rostertest.Fixture {
	tb.Helper()
	flush := func(ctx context.Context, node *goredis.Client) error { return node.FlushDB(ctx).Err() }
	var err error
	switch c := c.(type) {
	case *goredis.ClusterClient:
		err = c.ForEachMaster(tb.Context(), flush)
	case *goredis.Client:
		err = flush(tb.Context(), c)
	}
	if err != nil {
		tb.Fatal(err)
	}
	f := rostertest.Fixture{
		One:     redis.New(c, rostertest.Expiry),
		Two:     redis.New(c, rostertest.Expiry),
		Advance: func(d time.Duration) { age(tb, c, d) },
	}
	settle(tb, f)
	return f
}

// settle lets the time pass in which the registry doubts its own state.
func settle(tb testing.TB, f rostertest.Fixture) {
	tb.Helper()
	for range 16 {
		if _, err := f.One.Sweep(tb.Context()); err != nil {
			tb.Fatal(err)
		}
		f.Advance(rostertest.Expiry / 15)
	}
}

func TestKeysDieWithThePods(t *testing.T) {
	c := startServer(t).client(t)
	f := fixture(t, c)
	u := rostertest.Users(3)
	_, err1 := f.One.Report(t.Context(), "a", u, nil)
	_, err2 := f.One.Report(t.Context(), "a", nil, u[:1])
	_, err3 := f.One.Type(t.Context(), conversation, u[0])
	c.Del(t.Context(), "lair:{presence}:clock")
	_, err4 := f.One.Report(t.Context(), "a", nil, u[:1]) // makes the key of the gone
	if err1 != nil || err2 != nil || err3 != nil || err4 != nil {
		t.Fatal(err1, err2, err3, err4)
	}
	keys, err := c.Keys(t.Context(), "*").Result()
	if err != nil || len(keys) != 5 {
		t.Fatalf("keys are %q, %v", keys, err)
	}
	for _, key := range keys {
		left, err := c.PTTL(t.Context(), key).Result()
		if err != nil || left <= 0 || left > 5*rostertest.Expiry || !strings.HasPrefix(key, "lair:{presence}:") {
			t.Errorf("%s lives for %v, %v", key, left, err)
		}
	}
	age(t, c, 5*rostertest.Expiry)
	if n, err := c.DBSize(t.Context()).Result(); n != 0 || err != nil {
		t.Errorf("%d keys are left, %v", n, err)
	}
}
