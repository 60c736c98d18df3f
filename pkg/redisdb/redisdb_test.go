package redisdb_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/lair-chat/lair/pkg/redisdb"
	"github.com/lair-chat/lair/pkg/testkit/redistest"
)

func TestOpenReachesServer(t *testing.T) {
	c, err := redisdb.Open(redistest.Server(t).URL() + "/2")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := redisdb.Ping(t.Context(), c); err != nil {
		t.Error(err)
	}
}

func TestOpenUnderstandsSentinel(t *testing.T) {
	c, err := redisdb.Open("redis+sentinel://ann:secret@a:1,b:2/main/3")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	o := c.(*redis.Client).Options() //nolint:forcetypeassert // a failover client is one
	if o.DB != 3 || o.Username != "ann" || o.Password != "secret" {
		t.Errorf("got %+v", o)
	}
}

func TestOpenRefusesNonsense(t *testing.T) {
	for _, raw := range []string{"", "http://a", "redis+sentinel://", "redis+sentinel://a:1", "redis://a:b:c", "redis://u:secret@a:1/x", "redis+sentinel://u:secret@a/m/x", "redis+cluster://", "redis+cluster://u:secret@", "redis+cluster://u:secret@a:1/2", "redis+cluster://u:secret@a,b:1"} {
		_, err := redisdb.Open(raw)
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", raw, err)
		}
	}
}

func TestOpenUnderstandsCluster(t *testing.T) {
	c, err := redisdb.Open("redis+cluster://ann:secret@a:1,b:2")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	o := c.(*redis.ClusterClient).Options() //nolint:forcetypeassert // it is one
	if !slices.Equal(o.Addrs, []string{"a:1", "b:2"}) || o.Username != "ann" || o.Password != "secret" {
		t.Errorf("got %+v", o)
	}
}

func TestAClusterAnswersWhenAllItsMastersDo(t *testing.T) {
	cluster := redistest.Cluster(t, 0)
	c, err := redisdb.Open(cluster.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := redisdb.Ping(t.Context(), c); err != nil {
		t.Error(err)
	}
	cluster.Nodes[1].Kill()
	if err := redisdb.Ping(t.Context(), c); err == nil {
		t.Error("a master is away, and all is well")
	}
}
