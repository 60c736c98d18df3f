package e2e

import (
	"context"
	"testing"

	"github.com/lair-chat/lair/pkg/testkit/redistest"
	"github.com/lair-chat/lair/services/lair/internal/cluster"
)

// Each master of a Redis Cluster dies once while people write, and its replica takes
// over. Nothing that was acknowledged is lost.
func TestMastersOfARedisClusterDie(t *testing.T) {
	redis := redistest.Cluster(t, 1)
	s := begin(t, func(ctx context.Context, o cluster.Options) (*cluster.System, error) {
		o.Redis = redis.URL()
		return cluster.Many(ctx, o)
	})
	c := sing(t, s)
	for i := range 3 {
		c.probe()
		redis.Nodes[i].Kill()
		c.probe() // while nobody has its slots
		must(t, redis.Settle(soon(t)))
		c.probe()
		must(t, redis.Nodes[i].Run(t.Context())) // as a replica: of three masters two must vote
		must(t, redis.Settle(soon(t)))
	}
	t.Logf("%d messages", c.end())
}
