// Package message is the message service as one thing that a program can
// build, register and run. Start reading here; the heart is internal/timeline.
package message

import (
	"context"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"

	"github.com/lair-chat/lair/pkg/bus"
	"github.com/lair-chat/lair/pkg/run"
	"github.com/lair-chat/lair/pkg/sqldb"
	"github.com/lair-chat/lair/pkg/tracing"
	messagev1 "github.com/lair-chat/lair/proto/message/v1"
	"github.com/lair-chat/lair/services/internal/journal/farewell"
	"github.com/lair-chat/lair/services/message/internal/postgres"
	"github.com/lair-chat/lair/services/message/internal/rpc"
	"github.com/lair-chat/lair/services/message/internal/sqlite"
	"github.com/lair-chat/lair/services/message/internal/timeline"
	"github.com/lair-chat/lair/services/message/internal/wire"
)

// Role is the role of the service among peers.
const Role = "message"

// Store is where messages live: SQLite or PostgreSQL.
type Store = timeline.Store

// SQLite returns a store in file, for one process. It migrates the file.
func SQLite(ctx context.Context, file *sqldb.SQLite) (Store, error) {
	if err := sqlite.Migrate(ctx, file); err != nil {
		return nil, err
	}
	return sqlite.New(file), nil
}

// Postgres returns a store on pool, for many processes. It migrates the
// database.
func Postgres(ctx context.Context, pool *pgxpool.Pool) (Store, error) {
	if err := postgres.Migrate(ctx, pool); err != nil {
		return nil, err
	}
	return postgres.New(pool), nil
}

// Schemas returns the tables in PostgreSQL that the service reads and writes.
func Schemas() ([]sqldb.Schema, error) { return postgres.Schemas() }

// Needs is what the service is built from.
type Needs struct {
	Store Store
	// Auth is the connection to the auth service, which says who deleted its
	// account.
	Auth grpc.ClientConnInterface
	// PurgeAfter is how long messages of a deleted room are kept.
	PurgeAfter time.Duration
	Bus        bus.Bus
	Now        func() time.Time
	Log        *slog.Logger
	Registry   prometheus.Registerer
	Tracer     trace.Tracer // nil makes no spans
}

// Service is the message service.
type Service struct {
	server    rpc.Server
	announcer *wire.Announcer
	chores    []run.Chore
}

// New builds the service.
func New(n Needs) *Service {
	if n.Tracer == nil {
		n.Tracer = noop.Tracer{}
	}
	announcer := wire.NewAnnouncer(n.Bus, n.Log, n.Tracer)
	line := timeline.New(timeline.Needs{
		Store: n.Store, Wire: announcer, Now: n.Now, Log: n.Log, Stats: newStats(n.Registry),
		Traces: traces{n.Tracer},
	})
	forget := farewell.Farewell{List: farewell.AskAuth(n.Auth), Forget: line.Forget}
	return &Service{
		announcer: announcer,
		server:    rpc.Server{Leaving: make(chan struct{}), Timeline: line},
		chores: []run.Chore{
			{Name: "removal of what deleted accounts left", Every: farewell.Every, Log: n.Log, Do: forget.Do},
			{Name: "purge of messages", Every: purgeEvery, Log: n.Log, Do: func(ctx context.Context) error {
				return line.Purge(ctx, n.Now().Add(-n.PurgeAfter))
			}},
		},
	}
}

// purgeEvery is the time between two looks at what is to be purged.
const purgeEvery = 10 * time.Minute

// Register adds the service to a gRPC server.
func (s *Service) Register(r grpc.ServiceRegistrar) {
	messagev1.RegisterMessageServiceServer(r, &s.server)
}

// Run commits and announces messages, and removes what is to be gone, until ctx
// ends. The gRPC server must be
// stopped first, so that nobody is left without an answer.
func (s *Service) Run(ctx context.Context) error {
	// The announcer outlives the committer, whose last batch it announces.
	announcing, stop := context.WithCancel(context.WithoutCancel(ctx))
	var g errgroup.Group
	g.Go(func() error { return s.announcer.Run(announcing) })
	g.Go(func() error { defer stop(); return s.server.Timeline.Run(ctx) })
	for _, c := range s.chores {
		g.Go(func() error { return c.Run(ctx) })
	}
	return g.Wait()
}

// Drain ends the streams of peers after their last answers, so that they go on
// with another process. Call it once, before the gRPC server is stopped.
func (s *Service) Drain(context.Context) error {
	close(s.server.Leaving)
	return nil
}

// stats implements timeline.Stats.
type stats struct {
	drafts prometheus.Histogram
	waited prometheus.Histogram
	took   prometheus.Histogram
}

func newStats(r prometheus.Registerer) *stats {
	s := &stats{
		drafts: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "lair_message_commit_drafts", Help: "Drafts in one transaction.",
			Buckets: prometheus.ExponentialBuckets(1, 2, 12),
		}),
		waited: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "lair_message_commit_wait_seconds", Help: "How long the oldest draft of a transaction had waited for it.",
			Buckets: prometheus.ExponentialBuckets(0.000125, 2, 16),
		}),
		took: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "lair_message_commit_seconds", Help: "Duration of one transaction.",
			Buckets: prometheus.ExponentialBuckets(0.000125, 2, 16),
		}),
	}
	r.MustRegister(s.drafts, s.waited, s.took)
	return s
}

// Committed implements timeline.Stats.
func (s *stats) Committed(ctx context.Context, drafts int, waited, took time.Duration) {
	tracing.Observe(ctx, s.waited, max(0, waited.Seconds()))
	s.drafts.Observe(float64(drafts))
	tracing.Observe(ctx, s.took, took.Seconds())
}
