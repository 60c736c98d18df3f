// Package redistest gives a test a Redis server of its own.
package redistest

import (
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/lair-chat/lair/pkg/testkit/redisserver"
)

// Server returns an empty server, which is stopped after the test.
func Server(tb testing.TB) *redisserver.Server {
	tb.Helper()
	s, err := redisserver.Start(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Stop(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// Cluster returns an empty cluster of three masters, each with as many replicas,
// which is stopped after the test.
func Cluster(tb testing.TB, replicas int) *redisserver.Cluster {
	tb.Helper()
	c, err := redisserver.StartCluster(tb.Context(), replicas)
	if c != nil {
		tb.Cleanup(func() {
			if err := c.Stop(); err != nil {
				tb.Error(err)
			}
		})
	}
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// New returns a client of a server of the test's own.
func New(tb testing.TB) redis.UniversalClient {
	tb.Helper()
	return Client(tb, Server(tb))
}

// Client returns a client of a server.
func Client(tb testing.TB, s *redisserver.Server) redis.UniversalClient {
	tb.Helper()
	c := redis.NewClient(&redis.Options{Addr: s.Addr()})
	tb.Cleanup(func() {
		if err := c.Close(); err != nil {
			tb.Error(err)
		}
	})
	return c
}
