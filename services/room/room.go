// Package room is the room service as one thing that a program can build,
// register and run. Start reading here; the heart is internal/membership.
package room

import (
	"context"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"

	"github.com/lair-chat/lair/pkg/bus"
	"github.com/lair-chat/lair/pkg/run"
	"github.com/lair-chat/lair/pkg/sqldb"
	roomv1 "github.com/lair-chat/lair/proto/room/v1"
	"github.com/lair-chat/lair/services/internal/journal/farewell"
	"github.com/lair-chat/lair/services/room/internal/membership"
	"github.com/lair-chat/lair/services/room/internal/postgres"
	"github.com/lair-chat/lair/services/room/internal/rpc"
	"github.com/lair-chat/lair/services/room/internal/sqlite"
	"github.com/lair-chat/lair/services/room/internal/wire"
)

// Role is the role of the service among peers.
const Role = "room"

// Store is where rooms are kept: SQLite or PostgreSQL.
type Store = membership.Store

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
	// PurgeAfter is how long a deleted room is kept.
	PurgeAfter time.Duration
	Bus        bus.Bus
	Now        func() time.Time
	Log        *slog.Logger
}

// Service is the room service. It is safe for concurrent use.
type Service struct {
	server rpc.Server
	chores []run.Chore
}

// New builds the service.
func New(n Needs) *Service {
	rooms := &membership.Rooms{Store: n.Store, Wire: wire.Wire{Bus: n.Bus, Log: n.Log}, Now: n.Now}
	leave := farewell.Farewell{List: farewell.AskAuth(n.Auth), Forget: rooms.Forget}
	return &Service{rpc.Server{Rooms: rooms}, []run.Chore{
		{Name: "departures from rooms", Every: farewell.Every, Log: n.Log, Do: leave.Do},
		{Name: "purge of rooms", Every: purgeEvery, Log: n.Log, Do: func(ctx context.Context) error {
			return rooms.Purge(ctx, n.Now().Add(-n.PurgeAfter))
		}},
		{Name: "purge of invitations", Every: purgeEvery, Log: n.Log, Do: rooms.PurgeInvitations},
	}}
}

// purgeEvery is the time between two looks at what is to be purged.
const purgeEvery = 10 * time.Minute

// Run takes users out of their rooms who deleted their accounts, and purges what
// is old, until ctx ends.
func (s *Service) Run(ctx context.Context) error {
	var g errgroup.Group
	for _, c := range s.chores {
		g.Go(func() error { return c.Run(ctx) })
	}
	return g.Wait()
}

// Register adds the service to a gRPC server.
func (s *Service) Register(r grpc.ServiceRegistrar) { roomv1.RegisterRoomServiceServer(r, &s.server) }
