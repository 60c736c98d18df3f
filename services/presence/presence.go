// Package presence is the presence service as one thing that a program can
// build, register and run. It knows who is online on any pod, and who is
// typing; it owns nothing durable. Start reading here.
package presence

import (
	"context"
	"log/slog"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"google.golang.org/grpc"

	"github.com/lair-chat/lair/pkg/bus"
	presencev1 "github.com/lair-chat/lair/proto/presence/v1"
	"github.com/lair-chat/lair/services/presence/internal/memory"
	"github.com/lair-chat/lair/services/presence/internal/redis"
	"github.com/lair-chat/lair/services/presence/internal/roster"
	"github.com/lair-chat/lair/services/presence/internal/rpc"
)

// Topic is the bus topic of users who come and go: each message is an
// eventv1.Presence.
const Topic = rpc.Topic

// DefaultExpiry is how long a user stays online when its pod is silent.
const DefaultExpiry = 15 * time.Second

// Registry is where it is kept who is online: Memory or Redis.
type Registry struct {
	open func(expiry time.Duration, now func() time.Time) roster.Registry
}

// Memory returns a registry for one process.
func Memory() Registry {
	return Registry{func(expiry time.Duration, now func() time.Time) roster.Registry {
		return memory.New(expiry, now)
	}}
}

// Redis returns a registry that many processes share, on a Redis 6.2 or later,
// which need not be up yet. The client remains the caller's, who closes it
// after Run has returned. While the server is down a call takes as long as the
// retries of the client, so these should be few.
func Redis(client goredis.UniversalClient) Registry {
	return Registry{func(expiry time.Duration, _ func() time.Time) roster.Registry {
		return redis.New(client, expiry)
	}}
}

// Needs is what the service is built from.
type Needs struct {
	Registry Registry
	Bus      bus.Bus
	// Expiry is how long a user stays online when its pod is silent; 0 is
	// DefaultExpiry. Processes that share a registry must agree on it.
	Expiry time.Duration
	// Now is the clock of a registry in memory; nil is time.Now.
	Now func() time.Time
	// Log receives what goes wrong outside of calls; nil is slog.Default().
	Log *slog.Logger
}

// Service is the presence service. It is safe for concurrent use.
type Service struct {
	roster *roster.Roster
	server rpc.Server
}

// New builds the service.
func New(n Needs) *Service {
	if n.Expiry <= 0 {
		n.Expiry = DefaultExpiry
	}
	if n.Now == nil {
		n.Now = time.Now
	}
	if n.Log == nil {
		n.Log = slog.Default()
	}
	r := &roster.Roster{
		Registry: n.Registry.open(n.Expiry, n.Now),
		Announce: rpc.Announcer{Bus: n.Bus},
		Expiry:   n.Expiry,
		Log:      n.Log,
	}
	return &Service{roster: r, server: rpc.Server{Roster: r}}
}

// Register adds the service to a gRPC server.
func (s *Service) Register(r grpc.ServiceRegistrar) {
	presencev1.RegisterPresenceServiceServer(r, &s.server)
}

// Run removes users whose pods have died, until ctx is done, and then returns
// nil. A service that is registered but does not run never forgets anybody.
func (s *Service) Run(ctx context.Context) error { return s.roster.Run(ctx) }
