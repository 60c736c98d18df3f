package limit_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/lair-chat/lair/pkg/limit"
	"github.com/lair-chat/lair/pkg/limit/limittest"
	"github.com/lair-chat/lair/pkg/redisdb"
	"github.com/lair-chat/lair/pkg/testkit/redistest"
)

func TestContractOnCluster(t *testing.T) {
	cluster := redistest.Cluster(t, 0)
	client := clusterClient(t, cluster.URL())
	limittest.Run(t, func(t *testing.T, test func(*testing.T)) { t.Helper(); test(t) }, func(tb testing.TB) limit.Limiter {
		tb.Helper()
		each(tb, client, func(ctx context.Context, node *redis.Client) error { return node.FlushAll(ctx).Err() })
		l, _ := pod(tb, cluster)
		return l
	})
}

func clusterClient(tb testing.TB, url string) *redis.ClusterClient {
	tb.Helper()
	client, err := redisdb.Open(url)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = client.Close() })
	return client.(*redis.ClusterClient) //nolint:forcetypeassert // the URL says so
}

func each(tb testing.TB, c *redis.ClusterClient, do func(context.Context, *redis.Client) error) {
	tb.Helper()
	if err := c.ForEachMaster(context.Background(), do); err != nil {
		tb.Fatal(err)
	}
}

// TestAMasterThatLostTheScriptCountsNothingTwice: the others have run it already
// when the one says that it has no such script.
func TestAMasterThatLostTheScriptCountsNothingTwice(t *testing.T) {
	cluster := redistest.Cluster(t, 0)
	client := clusterClient(t, cluster.URL())
	var debts []limit.Debt
	for i := range 30 { // of all masters
		debts = append(debts, limit.Debt{Rule: limit.Rule{Name: fmt.Sprintf("r%d", i), PerMinute: 1, Burst: 40}, Key: limittest.Ann, Taken: 1})
	}
	for round, lost := range []func(){
		func() {},
		func() {},
		func() {
			for _, node := range cluster.Nodes[:1] {
				one := redis.NewClient(&redis.Options{Addr: node.Addr()})
				defer one.Close()
				if err := one.ScriptFlush(t.Context()).Err(); err != nil {
					t.Fatal(err)
				}
			}
		},
	} {
		lost()
		levels, told, err := limit.Tell(t.Context(), client, debts)
		if err != nil {
			t.Fatal(err)
		}
		for i, level := range levels {
			if want := float64(39 - round); !told[i] || level < want || level > want+0.9 {
				t.Errorf("round %d: bucket %d has %v, want %v", round, i, level, want)
			}
		}
	}
}

// TestAMasterThatIsAwayKeepsOnlyItsOwnBucketsFromBeingShared asks while it is
// away.
func TestAMasterThatIsAwayKeepsOnlyItsOwnBucketsFromBeingShared(t *testing.T) {
	cluster := redistest.Cluster(t, 0)
	client := clusterClient(t, cluster.URL())
	each(t, client, func(ctx context.Context, node *redis.Client) error {
		return node.ConfigSet(ctx, "cluster-require-full-coverage", "no").Err()
	})
	var debts []limit.Debt
	for i := range 30 {
		debts = append(debts, limit.Debt{Rule: limit.Rule{Name: fmt.Sprintf("r%d", i), PerMinute: 1, Burst: 40}, Key: limittest.Ann, Taken: 1})
	}
	if _, _, err := limit.Tell(t.Context(), client, debts); err != nil {
		t.Fatal(err)
	}
	cluster.Nodes[0].Kill()
	_, told, err := limit.Tell(t.Context(), client, debts)
	n := 0
	for _, ok := range told {
		if ok {
			n++
		}
	}
	if err == nil || n == 0 || n == len(debts) {
		t.Errorf("%d of %d were told, %v", n, len(debts), err)
	}
}
